import { defineConfig } from "@neon/config/v1";

export default defineConfig({ functions: { a: { name: 'A', source: './a.ts', customDomains: ['a.example.com'] } }, branch: () => ({ functions: { a: { customDomains: [] } } }) });
