// Proves how plans are drawn: long values, lists, wide characters, consents, what moved and what nobody knows.
// flags: --prune=buckets
const source = "./handler.ts";

export default {
  auth: true,
  dataApi: {
    settings: {
      dbMaxRows: 250,
      dbSchemas: ["public", "api", "billing", "catalog", "reporting", "search", "audit", "public → private"],
      serverCorsAllowedOrigins: "https://app.example.com, https://console.example.com, https://www.example.com",
    },
  },
  buckets: { notes: { access: "public_read" }, "写真-アップロード": {}, "分析-レポート": { access: "public_read" } },
  functions: {
    api: {
      name: "API の本番環境: answers what the application asks, and what others ask that have a key for it",
      source,
      env: { REGION: "eu", NEW_TOKEN: "b", KEPT: "1", ANOTHER_TOKEN: "c", A_THIRD_AND_LONG_ONE: "d", AND_A_FOURTH_ONE: "e" },
    },
    overtaken: { name: "Overtaken", source, env: { REGION: "eu" } },
    both: { name: "Both", source, env: { REGION: "us" } },
  },
  triggers: { nightly: { type: "schedule", cron: "30 4 * * 1-5", function: "api" } },
  branch: () => ({ protected: true, postgres: { computeSettings: { autoscalingLimitMaxCu: 4, suspendTimeout: "1h" } } }),
};
