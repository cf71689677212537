// only: untrusted
// run: bundle
export default { functions: { f: { name: "f", source: "./uses-package.ts" } } };
