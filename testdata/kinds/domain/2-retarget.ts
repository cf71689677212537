const source = "./hello.js";
export default {
  functions: {
    web: { name: "web", source, customDomains: ["www.example.com"] },
    api: { name: "api", source, customDomains: ["shop.example.com"] },
  },
};
