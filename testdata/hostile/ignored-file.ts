// only: untrusted
import { readFileSync } from "node:fs";
console.log(readFileSync("token.key", "utf8"));
export default {};
