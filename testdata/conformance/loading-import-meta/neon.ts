import { defineConfig } from "@neon/config/v1";

import { file } from './lib/where';
export default defineConfig({ buckets: { [file]: {} } });
