// Variables come from the environment; values of functions never show.
import { defineConfig } from "@neon/config/v1";

export default defineConfig({
  functions: {
    api: { name: "Api", source: "./api.ts", env: { TOKEN: process.env.TOKEN!, REGION: process.env.REGION ?? "none", LOG: process.env.LOG || "info", GONE: "" } },
  },
});
