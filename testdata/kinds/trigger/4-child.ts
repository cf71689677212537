// A child has its parent's triggers disabled; only the one that says enabled: true runs there.
// flags: --branch preview --create
export default {
  buckets: { uploads: {} },
  functions: { api: { name: "api", source: "./hello.js" } },
  triggers: {
    nightly: { type: "schedule", cron: "30 4 * * 1-5", function: "api" },
    ingest: { type: "storage_object_created", bucket: "uploads", function: "api", functionPath: "/ingest", enabled: true },
  },
};
