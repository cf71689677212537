// Problems in what a closure returned have their place too.
import { defineConfig } from "@neon/config/v1";

const sizes = { autoscalingLimitMinCu: 2, autoscalingLimitMaxCu: 24, suspendTimeout: "30" };

export default defineConfig({
  functions: { api: { name: "Api", source: "./api.ts" } },
  branch: () => ({
    parent: "release-*",
    ttl: "5w",
    postgres: { computeSettings: sizes },
    functions: { mail: { runtime: "nodejs22" } },
    expires: "7d",
  }) as any,
});
