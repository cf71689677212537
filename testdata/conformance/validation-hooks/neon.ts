import { defineConfig } from "@neon/config/v1";

export default defineConfig({ experimental: { hooks: { deploy: { before: '', after: [] }, create: { before: ['ok', ''], after: 5 }, other: {} } } } as any);
