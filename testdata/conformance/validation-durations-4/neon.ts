import { defineConfig } from "@neon/config/v1";

export default defineConfig({ branch: (b) => ({ ttl: '99999w', postgres: { computeSettings: { suspendTimeout: 'five minutes' } } }) as any });
