// only: untrusted
console.log(process.env.SECRET, JSON.stringify({ ...process.env }));
export default {};
