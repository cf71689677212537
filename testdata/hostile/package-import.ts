// only: untrusted
import secret from "installed";
console.log(secret);
export default {};
