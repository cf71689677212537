import { defineConfig } from "@neon/config/v1";

export default defineConfig({ functions: { api: { name: 'A', source: './a.ts' } }, branch: () => ({ functions: { 'Bad-Slug': {}, api: { runtime: 'nodejs24', x: 1 } } }) as any });
