import { defineConfig } from "@neon/config/v1";

const u = new URL('/x', 'https://example.com/y');
const t = new TextEncoder().encode('ü').length;
const b = Buffer.from('hi').toString('base64');
const c = structuredClone({ a: [1] }).a[0];
export default defineConfig({ buckets: { [u.pathname + t + b + c]: {} } });
