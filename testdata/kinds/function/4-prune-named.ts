// flags: --prune=functions
export default { functions: { other: { name: "Other", source: "./hello.js" } } };
