// Every problem at once, each where its value was written.
import { defineConfig } from "@neon/config/v1";

import { functions } from "./functions";

export default defineConfig({
  auth: "yes",
  functions,
  buckets: { "": {}, logs: { access: "public", acl: 1 } },
  triggers: {
    nightly: { type: "schedule", function: "report", cron: "" },
    hook: { type: "webhook" },
  },
  storage: {},
} as any);
