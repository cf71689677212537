import { defineConfig } from "@neon/config/v1";

export default defineConfig({ buckets: { ['b'.repeat(256)]: {}, ['c'.repeat(255)]: {} }, functions: { a: { name: 'A', source: './a.ts' } }, triggers: { t: { type: 'storage_object_created', function: 'a', bucket: 'c'.repeat(255), prefix: 'p'.repeat(1025) } } });
