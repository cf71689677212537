import { defineConfig } from "@neon/config/v1";

export default defineConfig({ branch: (b) => { try { (b as any).name = 'x'; } catch {} return { parent: b.name.replace(/[^a-z]/g, '') }; } });
