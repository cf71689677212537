// Every kind of resource at once, with what the closure decides for a child branch.
import { defineConfig } from "@neon/config/v1";

import { REGION } from "./lib/region";

export default defineConfig({
  auth: true,
  dataApi: { settings: { dbSchemas: ["public", "app"], dbMaxRows: 250, openapiMode: "ignore-privileges", serverTimingEnabled: true } },
  aiGateway: true,
  buckets: { uploads: {}, assets: { access: "public_read" } },
  functions: {
    api: {
      name: "Public API",
      source: "./functions/api.ts",
      env: { REGION, LOG_LEVEL: process.env.LOG_LEVEL ?? "info" },
      // For the default branch; the closure names a child's own.
      customDomains: ["www.peer.example.com"],
    },
    worker: { name: "worker", source: "./functions/worker.ts" },
    "7": { name: "7", source: "./prebuilt", bundler: "none" },
  },
  triggers: {
    nightly: { type: "schedule", function: "worker", cron: "15 3 * * 1-5", functionPath: "/nightly" },
    paused: { type: "schedule", function: "api", cron: "*/10 * * * *", enabled: false },
    arrived: { type: "storage_object_created", function: "worker", bucket: "uploads", prefix: "incoming/" },
    published: { type: "storage_object_created", function: "worker", bucket: "assets" },
  },
  branch: (branch) =>
    branch.isDefault
      ? { protected: true }
      : {
          ttl: "2d",
          postgres: { computeSettings: { autoscalingLimitMinCu: 0.5, autoscalingLimitMaxCu: 4, suspendTimeout: "10m" } },
          functions: { api: { runtime: "nodejs24", customDomains: ["API.peer.example.com.", "b.peer.example.com"] } },
        },
});
