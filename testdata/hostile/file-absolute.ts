import { readFileSync } from "node:fs";
export default { buckets: { [readFileSync("/etc/passwd", "utf8")]: {} } };
