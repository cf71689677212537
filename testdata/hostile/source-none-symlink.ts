// run: bundle
export default { functions: { f: { name: "f", source: "./linked", bundler: "none" } } };
