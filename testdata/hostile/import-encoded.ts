import "./%2e%2e/secret.js";
export default {};
