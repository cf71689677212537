// The Data API goes off, a prefix and two variables go, a function, a bucket and a trigger are declared
// no longer; the branch becomes protected.
import { defineConfig } from "@neon/config/v1";

export default defineConfig({
  auth: true,
  dataApi: false,
  buckets: { kept: {} },
  functions: { kept: { name: "kept", source: "./handler.ts", env: { STAYS: "1", EMPTIED: "" } } },
  triggers: { narrow: { type: "storage_object_created", function: "kept", bucket: "kept" } },
  branch: () => ({ protected: true }),
});
