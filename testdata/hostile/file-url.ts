import { readFileSync } from "node:fs";
export default { buckets: { [readFileSync(new URL("../secret.txt", import.meta.url), "utf8")]: {} } };
