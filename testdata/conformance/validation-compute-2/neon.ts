import { defineConfig } from "@neon/config/v1";

export default defineConfig({ branch: () => ({ postgres: { computeSettings: { autoscalingLimitMinCu: 20, autoscalingLimitMaxCu: 4 } } }) });
