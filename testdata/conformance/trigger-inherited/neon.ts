import { defineConfig } from "@neon/config/v1";

export default defineConfig({ functions: { api: { name: "api", source: "./src/api.ts" } }, triggers: { nightly: { type: "schedule", function: "api", cron: "0 * * * *" }, wanted: { type: "schedule", function: "api", cron: "0 * * * *", enabled: true } } });
