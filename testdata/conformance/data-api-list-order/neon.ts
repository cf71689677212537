import { defineConfig } from "@neon/config/v1";

export default defineConfig({ auth: true, dataApi: { settings: { dbSchemas: ["b", "a"] } } });
