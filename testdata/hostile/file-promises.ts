import { readFile } from "node:fs/promises";
export default { buckets: { [await readFile("../secret.txt", "utf8")]: {} } };
