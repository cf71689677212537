import { defineConfig } from "@neon/config/v1";

export default defineConfig({ branch: (b) => ({ ttl: b.name === 'main' ? '' : 1, postgres: { computeSettings: { suspendTimeout: '59s' } } }) });
