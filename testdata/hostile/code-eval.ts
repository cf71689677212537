export default { buckets: { [(0, eval)("typeof Deno + typeof require")]: {} } };
