// One named setting differs; those that are no longer named stay as they are.
export default { auth: { enabled: true }, dataApi: { settings: { dbMaxRows: 250, serverTimingEnabled: true } } };
