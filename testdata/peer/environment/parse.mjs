// node parse.mjs PACKAGE POLICY FILE [SCOPE]: reads an env file as Node does, and what the package makes of it.
const [name, policy, file, scope] = process.argv.slice(2);
process.loadEnvFile(file);
const { parseEnv } = await import(name);
const { default: config } = await import(`./${policy}`);
const read = parseEnv(config, scope?.includes(",") ? scope.split(",") : scope);
// Names only: values are secrets.
const names = (value) =>
  typeof value === "object" ? Object.keys(value).sort().map((key) => [key, names(value[key])]) : typeof value;
console.log(JSON.stringify(names(read)));
