import { defineConfig } from "@neon/config/v1";

export default defineConfig({ buckets: { a: {} }, branch: () => ({ protected: true, postgres: { computeSettings: { suspendTimeout: '1h' } } }) });
