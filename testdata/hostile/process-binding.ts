(process as any).binding("fs");
export default {};
