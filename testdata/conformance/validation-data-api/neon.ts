import { defineConfig } from "@neon/config/v1";

export default defineConfig({ auth: true, dataApi: { authProvider: 'clerk', settings: { dbMaxRows: 1.5, dbSchemas: 'public', openapiMode: 'on', x: 1 } } } as any);
