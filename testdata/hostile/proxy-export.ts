export default new Proxy({}, { ownKeys: () => ["auth"], getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true, value: true }) });
