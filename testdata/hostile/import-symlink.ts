import secret from "./link.js";
export default { buckets: { [secret]: {} } };
