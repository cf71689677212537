import * as config from "@neon/config/v1";
(config as any).defineConfig = () => ({});
export default {};
