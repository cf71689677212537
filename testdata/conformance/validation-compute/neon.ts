import { defineConfig } from "@neon/config/v1";

export default defineConfig({ branch: () => ({ postgres: { computeSettings: { autoscalingLimitMinCu: 0.3, autoscalingLimitMaxCu: '2' } } }) as any });
