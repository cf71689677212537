import { defineConfig } from "@neon/config/v1";

export default defineConfig({ branch: (b) => ({ postgres: { computeSettings: { suspendTimeout: b.isDefault ? -1 : 0 } } }) });
