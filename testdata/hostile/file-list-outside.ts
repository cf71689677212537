import { readdirSync } from "node:fs";
export default { buckets: Object.fromEntries(readdirSync("..").map((name) => [name, {}])) };
