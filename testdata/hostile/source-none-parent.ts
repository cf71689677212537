// run: bundle
export default { functions: { f: { name: "f", source: "..", bundler: "none" } } };
