export default { buckets: Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => ["b" + i, 1])) };
