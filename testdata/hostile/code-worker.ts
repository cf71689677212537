new (globalThis as any).Worker("data:text/javascript,");
export default {};
