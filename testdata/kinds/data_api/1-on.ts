export default { auth: true, dataApi: { settings: { dbMaxRows: 500, dbSchemas: ["public", "api"] } } };
