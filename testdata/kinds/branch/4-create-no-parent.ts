// flags: --branch feature --create
// fails
export default { branch: () => ({ parent: "staging" }) };
