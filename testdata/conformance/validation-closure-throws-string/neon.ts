import { defineConfig } from "@neon/config/v1";

export default defineConfig({ branch: () => { throw 'nope for ' + 1; } });
