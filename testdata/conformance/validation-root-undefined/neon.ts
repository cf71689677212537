import { defineConfig } from "@neon/config/v1";

export default defineConfig({ auth: undefined, buckets: undefined, branch: undefined } as any);
