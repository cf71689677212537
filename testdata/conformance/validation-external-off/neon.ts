import { defineConfig } from "@neon/config/v1";

export default defineConfig({ functions: { a: { name: 'A', source: './a.ts', externalPackages: [{ name: '@img/*', includeFiles: false }, { name: 'node:fs', includeFiles: false }, { name: 'Sharp', includeFiles: false }] } } });
