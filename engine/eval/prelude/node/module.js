// `node:module`: a `require` for the modules here and for JSON files of the repository.
(function (kit, host) {
  "use strict";
  const path = kit.requireBuiltin("node:path");
  const fs = kit.requireBuiltin("node:fs");
  const url = kit.requireBuiltin("node:url");

  const createRequire = (from) => {
    const file = String(from).startsWith("file:") ? url.fileURLToPath(from) : String(from);
    const directory = file.endsWith("/") ? file : path.dirname(file);
    const resolve = (specifier) => path.resolve(directory, specifier);
    const require = (specifier) => {
      const name = specifier.startsWith("node:") ? specifier : `node:${specifier}`;
      const found = kit.isBuiltin(name) ? kit.requireBuiltin(name) : undefined;
      if (found !== undefined) return found;
      if (/^\.{0,2}\//.test(specifier) && specifier.endsWith(".json")) return JSON.parse(fs.readFileSync(resolve(specifier), "utf8"));
      throw kit.refusal(`require("${specifier}") through createRequire is not available to a policy; import it instead`);
    };
    require.resolve = resolve;
    return require;
  };
  const isBuiltin = (name) => kit.isBuiltin(name.startsWith("node:") ? name : `node:${name}`);
  return { createRequire, isBuiltin, builtinModules: [] };
});
