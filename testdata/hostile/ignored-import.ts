// only: untrusted
import secret from "./ignored/module.js";
console.log(secret);
export default {};
