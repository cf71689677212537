import { defineConfig } from "@neon/config/v1";

export default defineConfig({ functions: { a: { name: 'A', source: './a.ts', externalPackages: ['./x', '', 5, { name: 'ok', includeFiles: 'no' }, { includeFiles: true }, 'sharp/../x'] } } } as any);
