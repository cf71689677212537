// only: untrusted
import { readFileSync } from "node:fs";
console.log(readFileSync("node_modules/installed/index.js", "utf8"));
export default {};
