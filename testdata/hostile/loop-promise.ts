const again = (): Promise<void> => Promise.resolve().then(again);
await again();
export default {};
