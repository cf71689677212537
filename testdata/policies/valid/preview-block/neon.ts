// The deprecated home still works, with a warning.
import { defineConfig } from "@neon/config/v1";

export default defineConfig({ preview: { functions: { api: { name: "Api", source: "./api.ts" } }, buckets: { a: {} }, aiGateway: false } });
