import { defineConfig } from "@neon/config/v1";

import { a } from 'esm-dep';
import { b } from 'cjs-dep';
import cjs from 'cjs-dep';
export default defineConfig({ buckets: { [a]: {}, [b]: {}, [cjs.b + 2]: {} } });
