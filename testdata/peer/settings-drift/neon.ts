// The settings that neon.after.ts then changes.
import { defineConfig } from "@neon/config/v1";

export default defineConfig({
  auth: true,
  dataApi: { settings: { dbMaxRows: 100, dbSchemas: ["public"], serverTimingEnabled: true } },
  buckets: { inbox: {} },
  functions: {
    first: { name: "first", source: "./handler.ts", env: { MODE: "one" } },
    second: { name: "second", source: "./handler.ts" },
  },
  triggers: {
    tick: { type: "schedule", function: "first", cron: "0 1 * * *" },
    stored: { type: "storage_object_created", function: "first", bucket: "inbox", prefix: "a/" },
  },
  branch: () => ({
    ttl: "1d",
    postgres: { computeSettings: { autoscalingLimitMinCu: 0.25, autoscalingLimitMaxCu: 1, suspendTimeout: "5m" } },
    functions: { first: { customDomains: ["moves.peer.example.com"] } },
  }),
});
