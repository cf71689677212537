import { defineConfig } from "@neon/config/v1";

export default defineConfig({ functions: { api: { name: 'A', source: './a.ts' } }, branch: () => ({ functions: { api: {} }, preview: { functions: { api: {} } } }) });
