import fs from "node:fs";
(fs as any).writeFileSync("owned.txt", "x");
export default {};
