// Applied to main, and then to a child that has inherited all of it.
import { defineConfig } from "@neon/config/v1";

export default defineConfig({
  auth: true,
  buckets: { files: {} },
  functions: { job: { name: "A job", source: "./job.ts", env: { WHO: "everyone" }, customDomains: ["job.peer.example.com"] } },
  triggers: {
    hourly: { type: "schedule", function: "job", cron: "0 * * * *" },
    "hourly on every branch": { type: "schedule", function: "job", cron: "30 * * * *", enabled: true },
  },
});
