// Every setting that can change is another one; the domain moves to the other function.
import { defineConfig } from "@neon/config/v1";

export default defineConfig({
  auth: true,
  dataApi: { settings: { dbMaxRows: 500, dbSchemas: ["public"], openapiMode: "ignore-privileges" } },
  buckets: { inbox: {} },
  functions: {
    first: { name: "first", source: "./handler.ts", env: { MODE: "two", ADDED: "yes" } },
    second: { name: "second", source: "./handler.ts" },
  },
  triggers: {
    tick: { type: "schedule", function: "second", cron: "30 2 * * 0", functionPath: "/tick", enabled: false },
    stored: { type: "storage_object_created", function: "first", bucket: "inbox", prefix: "b/" },
  },
  branch: () => ({
    ttl: "7d",
    postgres: { computeSettings: { autoscalingLimitMinCu: 1, autoscalingLimitMaxCu: 2, suspendTimeout: false } },
    functions: { second: { customDomains: ["moves.peer.example.com"] } },
  }),
});
