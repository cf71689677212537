export default {
  dataApi: { authProvider: "external", jwksUrl: "https://issuer.example.test/jwks", providerName: "Issuer", settings: { openapiMode: "ignore-privileges" } },
};
