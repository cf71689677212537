import { defineConfig } from "@neon/config/v1";

export default defineConfig({ experimental: { flags: {} }, preview: { triggers: {}, functions: {} } } as any);
