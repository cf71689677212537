// only: untrusted
// The rules of the repository take .env back, and that does not help.
import { readFileSync } from "node:fs";
console.log(readFileSync(".env", "utf8"));
export default {};
