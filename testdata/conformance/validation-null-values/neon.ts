import { defineConfig } from "@neon/config/v1";

export default defineConfig({ auth: null, buckets: null, functions: null, triggers: null, branch: null } as any);
