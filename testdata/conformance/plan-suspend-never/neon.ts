import { defineConfig } from "@neon/config/v1";

export default defineConfig({ branch: () => ({ postgres: { computeSettings: { suspendTimeout: false, autoscalingLimitMaxCu: 2 } } }) });
