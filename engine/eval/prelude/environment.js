// The environment of a policy. The host is told what is read of it, because that is what a plan depends on. Where a
// policy may not see all of it, any other name has a value that stands in: the host says which one.
(function (kit, host) {
  "use strict";
  const { defineProperty, getOwnPropertyDescriptor, keys, ownKeys } = kit.p;
  const known = {};
  const deleted = { __proto__: null };
  // null for what is no hidden variable, and for one that is unset.
  const standing = (name) => {
    if (typeof name !== "string" || name in deleted) return null;
    if (!(name in known)) return host.call("environment.value", name);
    host.call("env.read", name);
    return null;
  };

  const environment = new Proxy(known, {
    __proto__: null,
    get: (target, name) => standing(name) ?? target[name],
    has: (target, name) => standing(name) !== null || name in target,
    getOwnPropertyDescriptor: (target, name) => {
      const value = standing(name);
      if (value === null) return getOwnPropertyDescriptor(target, name);
      return { __proto__: null, value, writable: true, enumerable: true, configurable: true };
    },
    ownKeys: (target) => {
      const names = ownKeys(target);
      const another = host.call("environment.another");
      if (another !== null) defineProperty(names, names.length, { __proto__: null, value: another, writable: true, enumerable: true, configurable: true });
      return names;
    },
    set: (target, name, value) => {
      target[name] = value;
      return true;
    },
    deleteProperty: (target, name) => {
      if (typeof name === "string") deleted[name] = true;
      return delete target[name];
    },
  });
  kit.environment = environment;
  kit.setEnvironment = (variables) => {
    const names = keys(variables);
    for (let at = 0; at < names.length; at++) {
      const value = variables[names[at]];
      defineProperty(known, names[at], { __proto__: null, value, writable: true, enumerable: true, configurable: true });
    }
  };
  kit.isHiddenEnvironment = (value) => kit.facts.hides && value === environment;
});
