// Top-level await that never settles.
import { defineConfig } from "@neon/config/v1";

await new Promise(() => {});

export default defineConfig({});
