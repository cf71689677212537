import net from "node:net";
(net as any).connect(80, "example.com");
export default {};
