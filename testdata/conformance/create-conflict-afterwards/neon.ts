import { defineConfig } from "@neon/config/v1";

export default defineConfig({ functions: { api: { name: "api", source: "./src/api.ts" } }, triggers: { nightly: { type: "storage_object_created", function: "api", bucket: "uploads" } }, buckets: { uploads: {} } });
