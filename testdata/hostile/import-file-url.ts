import "file:///etc/passwd";
export default {};
