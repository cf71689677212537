// run: bundle
export default { functions: { f: { name: "f", source: "/etc/passwd" } } };
