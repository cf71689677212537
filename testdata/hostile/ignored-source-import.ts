// only: untrusted
// run: bundle
export default { functions: { f: { name: "f", source: "./reads-ignored.ts" } } };
