import { defineConfig } from "@neon/config/v1";

export default defineConfig({ functions: { a: { name: 'A', source: './a.ts', customDomains: ['a.b', 'ä.example.com', '-x.example.com', 'x.example.c0m', 'example.com:8080', '127.0.0.1', 'x..example.com', 'a'.repeat(64) + '.com', 'EXAMPLE.com', 'example.com'] } } });
