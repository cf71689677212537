import { defineConfig } from "@neon/config/v1";

export default defineConfig({ branch: () => ({ postgres: { computeSettings: { autoscalingLimitMinCu: 18, autoscalingLimitMaxCu: 32 } } }) });
