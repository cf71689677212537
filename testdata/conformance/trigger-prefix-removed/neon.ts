import { defineConfig } from "@neon/config/v1";

export default defineConfig({ buckets: { uploads: {} }, functions: { api: { name: "api", source: "./src/api.ts" } }, triggers: { ingest: { type: "storage_object_created", function: "api", bucket: "uploads" } } });
