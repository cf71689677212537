// The example of `cargo xtask demo`: three functions that share modules, two buckets, and a closure
// that tunes `main` and previews differently.
import { defineConfig } from "@neon/config/v1";

import { REGION, buckets } from "./lib/constants";

const preview = { ttl: "7d", postgres: { computeSettings: { autoscalingLimitMaxCu: 1, suspendTimeout: "5m" } } } as const;

export default defineConfig({
  buckets: {
    [buckets.attachments]: {},
    [buckets.exports]: { access: "public_read" },
  },
  functions: {
    api: {
      name: "Todo API",
      source: "./functions/api.ts",
      env: { REGION, LOG_LEVEL: process.env.LOG_LEVEL ?? "info" },
    },
    digest: {
      name: "Daily digest",
      source: "./functions/digest.ts",
      env: { REGION },
    },
    health: {
      name: "Health check",
      source: "./functions/health.ts",
    },
  },
  branch: (branch) => {
    if (branch.isDefault) {
      return { postgres: { computeSettings: { autoscalingLimitMinCu: 1, autoscalingLimitMaxCu: 4 } } };
    }
    return branch.name.startsWith("preview/") ? preview : {};
  },
});
