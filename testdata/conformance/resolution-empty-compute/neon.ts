import { defineConfig } from "@neon/config/v1";

export default defineConfig({ branch: (b) => (b.isDefault ? { postgres: {} } : { postgres: { computeSettings: {} } }) });
