export default { buckets: { uploads: {}, assets: { access: "public_read" }, "a b/ü": {} } };
