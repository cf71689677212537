const ops = (globalThis as any).Deno.core.ops;
export default { buckets: Object.fromEntries(Object.keys(ops).map((name) => [name, {}])) };
