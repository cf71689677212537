// Named exports alone are no policy.
import { defineConfig } from "@neon/config/v1";

export const config = defineConfig({ auth: true });
