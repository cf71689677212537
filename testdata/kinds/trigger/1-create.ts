export default {
  buckets: { uploads: {} },
  functions: { api: { name: "api", source: "./hello.js" }, jobs: { name: "jobs", source: "./hello.js" } },
  triggers: {
    nightly: { type: "schedule", cron: "0 3 * * *", function: "jobs" },
    paused: { type: "schedule", cron: "*/5 * * * *", function: "jobs", enabled: false },
    ingest: { type: "storage_object_created", bucket: "uploads", prefix: "in/", function: "api", functionPath: "/ingest" },
  },
};
