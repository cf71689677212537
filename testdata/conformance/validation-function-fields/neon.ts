import { defineConfig } from "@neon/config/v1";

export default defineConfig({ functions: { a: { name: 5, source: null, env: { A: 1, B: true, C: null } , bundler: 'webpack', dev: 8787, externalPackages: 'x', customDomains: 'y' }, b: { name: 'x'.repeat(256), source: 's', env: [] } } } as any);
