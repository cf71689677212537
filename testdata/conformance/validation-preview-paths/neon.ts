import { defineConfig } from "@neon/config/v1";

export default defineConfig({ preview: { functions: { 'a-b': {}, c: { name: '' , source: 's'} }, buckets: { x: { access: 'open' } }, aiGateway: 3 } } as any);
