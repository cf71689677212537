import { defineConfig } from "@neon/config/v1";

export default defineConfig({ functions: { api: { name: 'A', source: './a.ts' } }, branch: () => ({ functions: { mail: { runtime: 'nodejs24' } } }) as any });
