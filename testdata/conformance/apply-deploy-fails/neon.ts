import { defineConfig } from "@neon/config/v1";

export default defineConfig({ buckets: { up: {} }, functions: { api: { name: 'Api', source: './src/api.ts' }, jobs: { name: 'J', source: './j.ts' }, tail: { name: 'T', source: './t.ts' } } });
