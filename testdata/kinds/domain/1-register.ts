const source = "./hello.js";
export default {
  functions: {
    web: { name: "web", source, customDomains: ["Shop.Example.com.", "www.example.com"] },
    api: { name: "api", source },
  },
};
