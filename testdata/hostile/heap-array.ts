const all: unknown[] = [];
for (;;) all.push(new Array(1_000_000).fill(1));
export default {};
