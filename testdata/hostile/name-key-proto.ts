export default { buckets: JSON.parse('{ "__proto__": {}, "constructor": {} }') };
