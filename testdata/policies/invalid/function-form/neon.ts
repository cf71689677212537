// The retired function form.
import { defineConfig } from "@neon/config/v1";

export default defineConfig(((branch: any) => ({ auth: branch.isDefault })) as any);
