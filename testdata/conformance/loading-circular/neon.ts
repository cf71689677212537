import { defineConfig } from "@neon/config/v1";

import { a } from './a';
export default defineConfig({ buckets: { [a()]: {} } });
