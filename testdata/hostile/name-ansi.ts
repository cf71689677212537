export default { buckets: { "a\u001b[31m\u0007\u202e": {} } };
