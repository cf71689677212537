import { readFileSync } from "node:fs";
export default { buckets: { [readFileSync("../secret.txt", "utf8")]: {} } };
