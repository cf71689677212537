export default { buckets: { a: { toJSON() { for (;;); } } } };
