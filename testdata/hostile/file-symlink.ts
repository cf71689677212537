import { readFileSync } from "node:fs";
export default { buckets: { [readFileSync("./link.txt", "utf8")]: {} } };
