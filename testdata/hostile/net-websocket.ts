new (globalThis as any).WebSocket("ws://127.0.0.1:1/");
export default {};
