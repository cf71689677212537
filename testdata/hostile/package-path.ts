// only: untrusted
import secret from "./node_modules/installed/index.js";
console.log(secret);
export default {};
