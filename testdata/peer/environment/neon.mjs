// Every service that a branch has variables for.
import { defineConfig } from "@neon/config/v1";

export default defineConfig({
  auth: true,
  dataApi: true,
  aiGateway: true,
  buckets: { uploads: {} },
  functions: {
    api: { name: "api", source: "./api.js", env: { TOKEN: process.env.NOT_SET_ANYWHERE ?? "none" } },
    hello2: { name: "hello2", source: "./api.js" },
  },
});
