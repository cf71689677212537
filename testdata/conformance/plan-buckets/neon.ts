import { defineConfig } from "@neon/config/v1";

export default defineConfig({ buckets: { a: {}, b: { access: 'public_read' }, 'c d/e': {} } });
