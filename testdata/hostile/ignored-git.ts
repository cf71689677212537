// only: untrusted
import { readFileSync } from "node:fs";
console.log(readFileSync(".git/config", "utf8"));
export default {};
