// The modules a policy may import, made when they are first asked for.
(function (kit, host) {
  "use strict";
  const { keys } = kit.p;
  const OWN = ["assert", "events", "fs", "module", "path", "url", "util"];
  const SMALL = ["process", "buffer", "os", "crypto", "timers", "timers/promises", "path/posix", "fs/promises", "util/types", "assert/strict"];
  const makers = { __proto__: null, "neonform:config": () => host.source("config")(kit, host) };
  const withDefault = (exported) => ({ ...exported, default: exported.default ?? exported });
  for (const name of OWN) makers[`node:${name}`] = () => withDefault(host.source(`node/${name}`)(kit, host));
  for (const name of SMALL) makers[`node:${name}`] = () => withDefault(host.source("node/small")(kit, host)[name]());
  const made = { __proto__: null };

  kit.isBuiltin = (specifier) => specifier in makers;

  kit.importable = () => {
    let text = "";
    const names = keys(makers);
    for (let at = 0; at < names.length; at++) {
      if (names[at] !== "neonform:config") text += (text === "" ? "" : ", ") + names[at];
    }
    return text;
  };

  // The exports of a built-in module, with a stand-in for each wanted name that it lacks. Only the host
  // asks for modules that are not there.
  kit.builtin = (specifier, wanted) => {
    if (!(specifier in makers)) throw kit.refusal(`${specifier} is not a module of the sandbox`);
    made[specifier] ??= makers[specifier]();
    const exported = made[specifier];
    const names = { __proto__: null };
    const own = keys(exported);
    for (let at = 0; at < own.length; at++) names[own[at]] = exported[own[at]];
    for (let at = 0; at < wanted.length; at++) {
      const name = wanted[at];
      if (!(name in names)) names[name] = kit.absent(`${name} of ${specifier} is not available to a policy`);
    }
    return names;
  };

  // Nearly every policy asks for this one.
  kit.builtin("neonform:config", []);

  // What `require` gives: the default export, which for Node's modules is all of it.
  kit.requireBuiltin = (specifier) => kit.builtin(specifier, []).default;

  kit.importComputed = async (importer, specifier) => {
    const [done, namespace] = host.importFile(String(importer), String(specifier));
    await done;
    return namespace;
  };
});
