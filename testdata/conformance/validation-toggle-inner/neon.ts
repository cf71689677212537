import { defineConfig } from "@neon/config/v1";

export default defineConfig({ auth: { enabled: 'yes' }, aiGateway: { enabled: true, model: 'x' } } as any);
