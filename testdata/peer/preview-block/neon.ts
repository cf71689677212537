// The deprecated homes of functions, buckets and their tuning.
import { defineConfig } from "@neon/config/v1";

export default defineConfig({
  preview: {
    aiGateway: false,
    buckets: { files: { access: "public_read" } },
    functions: { old: { name: "Old home", source: "./old.ts", env: { HOME_OF: "preview" } } },
  },
  branch: () => ({ preview: { functions: { old: { runtime: "nodejs24" } } } }),
});
