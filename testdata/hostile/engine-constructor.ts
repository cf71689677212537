const root: any = (() => {}).constructor("return globalThis")();
root.Deno.core.print("owned");
export default {};
