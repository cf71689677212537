export default { functions: { api: { name: "Api", source: "./hello.js", env: { GREETING: "hello" } }, jobs: { name: "Jobs", source: "./hello.js" } } };
