import { defineConfig } from "@neon/config/v1";

export default defineConfig({ branch: () => ({ protected: true, ttl: '1h', postgres: { computeSettings: { autoscalingLimitMinCu: 1, autoscalingLimitMaxCu: 1, suspendTimeout: '1h' } } }) });
