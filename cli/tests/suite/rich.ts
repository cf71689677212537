export default {
  auth: true,
  dataApi: true,
  buckets: { uploads: {}, "public-files": { access: "public_read" }, __proto: {}, ["__proto__"]: {} },
  functions: {
    api: { name: "Todo \"API\"", source: "./functions/api.ts", customDomains: ["todo.example.com", "api.example.com"] },
    digest: { name: "Daily digest", source: "./functions/digest.ts" },
    "2fa": { name: "Second factor", source: "./functions/health.ts" },
  },
  triggers: {
    nightly: { type: "schedule", function: "digest", cron: "0 3 * * *", functionPath: "/run" },
    "on upload: */\n\"x\"": { type: "storage_object_created", function: "api", bucket: "uploads", prefix: "in/", enabled: false },
  },
  branch: () => ({
    protected: true,
    postgres: { computeSettings: { autoscalingLimitMinCu: 0.5, autoscalingLimitMaxCu: 4, suspendTimeout: "10m" } },
  }),
};
