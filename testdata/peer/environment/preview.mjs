// The same services where older packages look for them, and a variable that is not set.
import { defineConfig } from "@neon/config/v1";

export default defineConfig({
  auth: true,
  dataApi: true,
  preview: {
    buckets: { uploads: {} },
    functions: { api: { name: "api", source: "./api.js", env: { TOKEN: process.env.NOT_SET_ANYWHERE } } },
  },
});
