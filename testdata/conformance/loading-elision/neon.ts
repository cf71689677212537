import { defineConfig } from "@neon/config/v1";

import { Type } from './gone';
import unused from 'not-installed';
const x: Type | undefined = undefined;
export default defineConfig({ auth: x === undefined });
