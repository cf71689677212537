// only: untrusted
const name = ["module", "js"].join(".");
console.log((await import(`./ignored/${name}`)).default);
export default {};
