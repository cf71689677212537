import { defineConfig } from "@neon/config/v1";

const { name } = await import('./lib/name.ts');
export default defineConfig({ buckets: { [name]: {} } });
