// A closure that throws names the branch and has its place.
import { defineConfig } from "@neon/config/v1";

export default defineConfig({
  branch: (branch) => {
    throw new Error(`no sizing for ${branch.name}`);
  },
});
