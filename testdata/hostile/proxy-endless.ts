export default { buckets: new Proxy({}, { ownKeys() { for (;;); } }) };
