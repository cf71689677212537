export default { then(resolve: any) { resolve({ auth: true }); } };
