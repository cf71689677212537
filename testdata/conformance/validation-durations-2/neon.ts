import { defineConfig } from "@neon/config/v1";

export default defineConfig({ branch: (b) => ({ ttl: -5, postgres: { computeSettings: { suspendTimeout: -2 } } }) });
