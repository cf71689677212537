import "https://example.com/x.js";
export default {};
