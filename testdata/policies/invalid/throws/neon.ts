// An exception has the place and the frames of the source, through imports.
import { defineConfig } from "@neon/config/v1";

import { region } from "./lib/region";

export default defineConfig({ buckets: { [region("REGION_NOT_SET")]: {} } });
