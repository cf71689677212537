// On a branch that expires already: a constant lifetime counts from its creation.
// flags: --branch dev
export default { branch: () => ({ ttl: "48h" }) };
