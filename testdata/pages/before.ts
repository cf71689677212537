// Proves how plans are drawn: what is there before `after.ts` is planned (`cli/tests/suite/page.rs`).
const source = "./handler.ts";

export default {
  auth: true,
  dataApi: {
    settings: {
      dbMaxRows: 500,
      dbSchemas: ["public", "api", "billing", "catalog", "reporting", "search", "internal"],
      serverCorsAllowedOrigins: "https://app.example.com, https://admin.example.com, https://www.example.com",
    },
  },
  buckets: { notes: {}, "写真-アップロード": {}, "old-exports": {} },
  functions: {
    api: { name: "API", source, env: { REGION: "eu", OLD_TOKEN: "a", KEPT: "1" } },
    overtaken: { name: "Overtaken", source, env: { REGION: "eu" } },
    both: { name: "Both", source, env: { REGION: "eu" } },
  },
  triggers: { nightly: { type: "schedule", cron: "0 3 * * *", function: "api" } },
  branch: () => ({ protected: true }),
};
