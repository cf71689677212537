import { defineConfig } from "@neon/config/v1";

export default defineConfig({ functions: { shop: { name: "shop", source: "./src/shop.ts", customDomains: ["shop.example.com", "www.shop.example.com"] }, web: { name: "web", source: "./src/web.ts", customDomains: ["web.example.com"] } } });
