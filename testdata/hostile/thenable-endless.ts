const endless: any = { then(resolve: any) { resolve(endless); } };
await endless;
export default {};
