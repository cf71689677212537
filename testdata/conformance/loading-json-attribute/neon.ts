import { defineConfig } from "@neon/config/v1";

import data from './data.json' with { type: 'json' };
export default defineConfig({ buckets: { [data.name]: {} } });
