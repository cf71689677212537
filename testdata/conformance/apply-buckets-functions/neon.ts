import { defineConfig } from "@neon/config/v1";

export default defineConfig({ buckets: { up: {} }, functions: { api: { name: 'Api', source: './src/api.ts', env: { A: '1', GONE: '' } }, mail: { name: 'Mail', source: './src/mail.ts' } } });
