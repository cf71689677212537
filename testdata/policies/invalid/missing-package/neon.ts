// A package that is not installed.
import { defineConfig } from "@neon/config/v1";

import { z } from "zod";

export default defineConfig({ auth: z });
