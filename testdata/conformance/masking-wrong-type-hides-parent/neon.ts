import { defineConfig } from "@neon/config/v1";

export default defineConfig({ branch: () => ({ protected: 'x', parent: '' }) as any });
