import { defineConfig } from "@neon/config/v1";

export default defineConfig({ auth: true, dataApi: { jwksUrl: 'x', y: 1 } } as any);
