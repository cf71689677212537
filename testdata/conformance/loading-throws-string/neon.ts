import { defineConfig } from "@neon/config/v1";

throw 'no region chosen';
