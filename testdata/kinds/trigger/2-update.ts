// The prefix is gone, the schedule and the function differ.
export default {
  buckets: { uploads: {} },
  functions: { api: { name: "api", source: "./hello.js" }, jobs: { name: "jobs", source: "./hello.js" } },
  triggers: {
    nightly: { type: "schedule", cron: "30 4 * * 1-5", function: "api" },
    paused: { type: "schedule", cron: "*/5 * * * *", function: "jobs", enabled: false },
    ingest: { type: "storage_object_created", bucket: "uploads", function: "api", functionPath: "/ingest" },
  },
};
