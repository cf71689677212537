// only: untrusted
import { readFileSync } from "node:fs";
console.log(readFileSync("shown.txt", "utf8"));
export default {};
