import { defineConfig } from "@neon/config/v1";

export default defineConfig({ functions: { a: { name: 5, source: './a.ts', externalPackages: ['x', 'x'] }, b: { name: 'B', source: './b.ts', externalPackages: ['x', 'x'] } } } as any);
