const all: unknown[] = [];
for (;;) all.push(new Uint8Array(64 * 1024 * 1024).fill(1));
export default {};
