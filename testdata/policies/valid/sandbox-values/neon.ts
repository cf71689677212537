// Time stands still and chance repeats: two evaluations cannot differ.
import { defineConfig } from "@neon/config/v1";

const random = Math.random();
const before = Date.now();
await new Promise((done) => setTimeout(done, 3_600_000));

export default defineConfig({
  buckets: {
    [`same-time-${Date.now() === before}`]: {},
    [`chance-${random !== Math.random()}`]: {},
    [`zone-${new Date(0).toISOString()}`]: {},
    [`no-wasm-${typeof WebAssembly}`]: {},
    [`no-deno-${typeof (globalThis as any).Deno}`]: {},
  },
});
