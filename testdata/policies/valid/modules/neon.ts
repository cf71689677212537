// JSON, CommonJS, packages, subpath imports, dynamic imports and top-level await work.
import { defineConfig } from "@neon/config/v1";

import data from "./data.json" with { type: "json" };
import { shout } from "#shout";
import legacy, { suffix } from "legacy";

const stage = "lib";
const { late } = await import("./lib/late");
const { computed } = await import(`./${stage}/computed.ts`);
const { join } = require("node:path");

export default defineConfig({
  buckets: {
    [shout(data.name)]: {},
    [legacy.suffix + suffix]: {},
    [join(late, computed)]: {},
    [import.meta.url.split("/").pop()!]: {},
  },
});
