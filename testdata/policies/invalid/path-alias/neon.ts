// Path aliases of tsconfig.json are not followed.
import { defineConfig } from "@neon/config/v1";

import { x } from "@/x";

export default defineConfig({ auth: x });
