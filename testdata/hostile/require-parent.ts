const secret = require("../secret.js");
export default { buckets: { [secret]: {} } };
