import { defineConfig } from "@neon/config/v1";

export default defineConfig({ branch: () => ({ functions: { 'A-b': {} }, parent: '' }) as any });
