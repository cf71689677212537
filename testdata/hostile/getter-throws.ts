export default { get auth() { throw new Error("mine"); } };
