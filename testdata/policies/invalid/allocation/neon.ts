// Allocation ends at the heap cap, which names the flag.
import { defineConfig } from "@neon/config/v1";

const chunk = new Array(10_000).fill(0.5);
const hoard: unknown[] = [];
while (true) hoard.push(chunk.slice());

export default defineConfig({});
