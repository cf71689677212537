import secret from "../secret.js";
export default { buckets: { [secret]: {} } };
