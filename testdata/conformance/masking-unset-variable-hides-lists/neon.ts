import { defineConfig } from "@neon/config/v1";

export default defineConfig({ functions: { a: { name: 'A', source: './a.ts', env: { X: undefined }, externalPackages: ['x','x'] } } } as any);
