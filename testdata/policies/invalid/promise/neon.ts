// An async policy is refused, not read as empty.
import { defineConfig } from "@neon/config/v1";

export default (async () => defineConfig({ auth: true }))();
