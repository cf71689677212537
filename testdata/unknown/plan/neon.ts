// Values that depend on variables which --untrusted does not show, in every kind that can do without them.
import { defineConfig } from "@neon/config/v1";

if (!process.env.API_TOKEN) throw new Error("API_TOKEN is required");
const stage = process.env.STAGE ?? "dev";

export default defineConfig({
  auth: true,
  dataApi: { settings: { dbMaxRows: Number(process.env.ROWS ?? "100"), openapiMode: "disabled" } },
  buckets: { uploads: { access: process.env.CI ? "public_read" : "private" }, plain: {} },
  functions: {
    api: {
      name: `API of ${process.env.HOST}`,
      source: "./api.ts",
      env: { TOKEN: process.env.API_TOKEN!, URL: `https://${process.env.HOST}/`, FIXED: "x" },
    },
  },
  triggers: {
    nightly: { type: "schedule", function: "api", cron: process.env.CRON ?? "0 3 * * *", enabled: stage === "prod" },
  },
  branch: (branch) => ({
    ttl: branch.isDefault ? undefined : stage === "prod" ? "7d" : "1d",
    protected: process.env.PROTECT === "yes",
    postgres: { computeSettings: { autoscalingLimitMaxCu: stage === "prod" ? 4 : 1 } },
  }),
});
