// Allocation ends at the heap cap, which names the flag.
import { defineConfig } from "@neon/config/v1";

const hoard: unknown[] = [];
while (true) hoard.push(new Array(10_000).fill({}));

export default defineConfig({});
