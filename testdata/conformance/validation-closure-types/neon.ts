import { defineConfig } from "@neon/config/v1";

export default defineConfig({ branch: () => ({ parent: 5, protected: 'yes', ttl: true, postgres: 'x', functions: [] }) as any });
