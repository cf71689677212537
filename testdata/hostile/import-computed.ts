const name = "../secret.js";
export default { buckets: { [(await import(name)).default]: {} } };
