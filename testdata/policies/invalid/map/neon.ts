// A Map where an object belongs.
import { defineConfig } from "@neon/config/v1";

export default defineConfig({ buckets: new Map([["a", {}]]) as any });
