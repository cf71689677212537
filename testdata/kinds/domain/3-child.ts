// Static hosts are in force on the default branch only; a child has them where its tuning says so.
// flags: --branch preview --create
const source = "./hello.js";
export default {
  functions: {
    web: { name: "web", source, customDomains: ["www.example.com"] },
    api: { name: "api", source },
  },
  branch: (branch) => (branch.isDefault ? {} : { functions: { api: { customDomains: [`${branch.name}.example.com`] } } }),
};
