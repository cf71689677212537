import { defineConfig } from "@neon/config/v1";

export default defineConfig({ functions: { shop: { name: "shop", source: "./src/shop.ts", customDomains: ["shop.example.com"] } } });
