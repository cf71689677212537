// flags: --prune=triggers,functions
export default {
  buckets: { uploads: {} },
  functions: { api: { name: "api", source: "./hello.js" } },
  triggers: { nightly: { type: "schedule", cron: "30 4 * * 1-5", function: "api" } },
};
