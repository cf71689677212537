let inner: any = {};
for (let depth = 0; depth < 200_000; depth++) inner = { a: inner };
export default { buckets: { a: inner } };
