// The AI Gateway where older packages look for it.
import { defineConfig } from "@neon/config/v1";

export default defineConfig({ preview: { aiGateway: true, buckets: { uploads: {} } } });
