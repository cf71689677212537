// What neon.after.ts then declares no longer, or switches off.
import { defineConfig } from "@neon/config/v1";

export default defineConfig({
  auth: true,
  dataApi: true,
  buckets: { kept: {}, dropped: {} },
  functions: {
    kept: { name: "kept", source: "./handler.ts", env: { STAYS: "1", GOES: "2", EMPTIED: "3" } },
    dropped: { name: "dropped", source: "./handler.ts" },
  },
  triggers: {
    narrow: { type: "storage_object_created", function: "kept", bucket: "kept", prefix: "only/" },
    dropped: { type: "schedule", function: "dropped", cron: "0 0 1 * *" },
  },
  branch: () => ({
    postgres: { computeSettings: { autoscalingLimitMaxCu: 4 } },
    functions: { dropped: { customDomains: ["dropped.peer.example.com"] } },
  }),
});
