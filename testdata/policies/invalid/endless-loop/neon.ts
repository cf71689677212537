// A loop ends at the time cap, which names the flag.
import { defineConfig } from "@neon/config/v1";

export default defineConfig({
  branch: () => {
    while (true) {}
  },
});
