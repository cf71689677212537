// A missing module names the specifier and who imports it.
import { defineConfig } from "@neon/config/v1";

import { a } from "./lib/a";

export default defineConfig({ buckets: { [a]: {} } });
