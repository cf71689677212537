// Every section of the language, resolved with its defaults.
import { defineConfig } from "@neon/config/v1";

export default defineConfig({
  auth: {},
  dataApi: { settings: { dbSchemas: ["public"], dbMaxRows: 100 } },
  aiGateway: true,
  buckets: { uploads: {} },
  functions: {
    api: { name: "Api", source: "./api.ts", externalPackages: ["sharp", { name: "pg", includeFiles: false }], dev: { port: 8787 }, customDomains: ["API.example.com."] },
    "7": { name: "Seven", source: "./dist", bundler: "none" },
  },
  triggers: {
    nightly: { type: "schedule", function: "api", cron: "0 3 * * *" },
    arrived: { type: "storage_object_created", function: "7", bucket: "uploads", prefix: "in/", enabled: false },
  },
  experimental: { hooks: { deploy: { before: "echo hi", after: ["a", "b"] } } },
  branch: (branch) => ({ parent: "main", protected: branch.isDefault, ttl: "2d", postgres: { computeSettings: { suspendTimeout: false } }, functions: { api: { runtime: "nodejs24" } } }),
});
