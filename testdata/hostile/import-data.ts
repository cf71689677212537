import x from "data:text/javascript,export default globalThis.process?.exit?.name ?? 'nothing'";
export default { buckets: { [x]: {} } };
