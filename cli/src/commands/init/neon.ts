// What exists on every branch of the database, and how each branch is tuned.
// neonform plan shows what apply would change; nothing changes before.
import { defineConfig } from "@neon/config/v1";

export default defineConfig({
  functions: {
    hello: {
      name: "Hello",
      source: "./functions/hello.ts",
      env: { GREETING: "Hello" },
    },
  },

  // A branch that somebody makes to try something costs little and goes away by itself.
  branch: (branch) =>
    branch.isDefault
      ? {}
      : { ttl: "7d", postgres: { computeSettings: { autoscalingLimitMaxCu: 1, suspendTimeout: "5m" } } },
});
