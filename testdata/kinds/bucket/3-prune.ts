// flags: --prune
export default { buckets: { uploads: {} } };
