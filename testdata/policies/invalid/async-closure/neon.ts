// An async closure is refused, not read as no tuning.
import { defineConfig } from "@neon/config/v1";

export default defineConfig({
  branch: (async () => ({ protected: true })) as any,
});
