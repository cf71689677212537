// Nothing that exists is declared: deleting all functions has to be asked for by name.
// flags: --prune
// fails
export default { functions: { other: { name: "Other", source: "./hello.js" } } };
