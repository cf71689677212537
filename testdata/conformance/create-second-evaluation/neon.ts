import { defineConfig } from "@neon/config/v1";

export default defineConfig({
  buckets: { uploads: {} },
  branch: (b) => (b.id ? { parent: `${b.parentId}/${b.isDefault}/${b.isProtected}/${b.exists}`.slice(0, 200) } : { parent: "dev", protected: false }),
});
