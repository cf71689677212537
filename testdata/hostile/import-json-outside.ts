import secret from "../secret.json" with { type: "json" };
export default { buckets: { [secret.word]: {} } };
