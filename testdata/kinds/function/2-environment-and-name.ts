export default { functions: { api: { name: "Api", source: "./hello.js", env: { REGION: "ohio" } }, jobs: { name: "Background jobs", source: "./hello.js" } } };
