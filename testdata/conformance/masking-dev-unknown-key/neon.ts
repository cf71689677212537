import { defineConfig } from "@neon/config/v1";

export default defineConfig({ functions: { a: { name: 'A', source: './a.ts', dev: { x: 1 }, externalPackages: ['x','x'] } } } as any);
