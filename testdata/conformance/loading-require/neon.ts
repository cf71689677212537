import { defineConfig } from "@neon/config/v1";

const { join } = require('node:path');
const data = require('./data.json');
export default defineConfig({ buckets: { [join(data.name, typeof __dirname, typeof __filename)]: {} } });
