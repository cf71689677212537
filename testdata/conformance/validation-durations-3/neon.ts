import { defineConfig } from "@neon/config/v1";

export default defineConfig({ branch: (b) => ({ ttl: NaN, postgres: { computeSettings: { suspendTimeout: '8d' } } }) as any });
