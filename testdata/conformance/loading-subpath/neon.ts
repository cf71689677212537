import { defineConfig } from "@neon/config/v1";

import { x } from '#names';
export default defineConfig({ buckets: { [x]: {} } });
