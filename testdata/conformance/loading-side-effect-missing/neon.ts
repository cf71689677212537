import { defineConfig } from "@neon/config/v1";

import './gone';
export default defineConfig({});
