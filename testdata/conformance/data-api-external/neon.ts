import { defineConfig } from "@neon/config/v1";

export default defineConfig({ dataApi: { authProvider: "external", jwksUrl: "https://issuer.example.test/jwks", providerName: "Issuer", jwtAudience: "api", settings: { dbAnonRole: "guest", openapiMode: "ignore-privileges", jwtCacheMaxLifetime: 60 } } });
