(Object.prototype as any).protected = true;
(Object.prototype as any).ttl = "1h";
export default { branch: () => ({}) };
