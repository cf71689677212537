console.log("\u001b[2J\u001b]0;owned\u0007 gone");
export default {};
