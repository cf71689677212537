// A wrong type in env never shows the value.
import { defineConfig } from "@neon/config/v1";

export default defineConfig({ functions: { api: { name: "Api", source: "./a.ts", env: { A: [process.env.TOKEN] as any, B: 5 as any } } } });
