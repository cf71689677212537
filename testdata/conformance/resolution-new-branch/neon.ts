import { defineConfig } from "@neon/config/v1";

export default defineConfig({ functions: { a: { name: 'A', source: './a.ts', customDomains: ['a.example.com'] } }, branch: (b) => ({ ttl: b.exists ? 1 : 3600, ...(b.isDefault === undefined ? { protected: true } : {}), ...('id' in b ? { parent: 'x' } : {}) }) });
