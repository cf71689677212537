// Built-ins as they are before any policy code runs. What starts, reads and ends a policy uses only
// these, so that a policy that redefines built-ins deceives nobody but itself.
(function (kit) {
  "use strict";
  const { apply, construct, defineProperty, getPrototypeOf, ownKeys } = Reflect;
  const { bind, call } = Function.prototype;
  const uncurry = bind.bind(call);
  kit.p = {
    __proto__: null,
    apply,
    construct,
    defineProperty,
    getPrototypeOf,
    ownKeys,
    uncurry,
    isArray: Array.isArray,
    create: Object.create,
    freeze: Object.freeze,
    keys: Object.keys,
    hasOwn: uncurry(Object.prototype.hasOwnProperty),
    getOwnPropertyDescriptor: Object.getOwnPropertyDescriptor,
    objectPrototype: Object.prototype,
    parse: JSON.parse,
    stringify: JSON.stringify,
    toWellFormed: uncurry(String.prototype.toWellFormed),
    slice: uncurry(String.prototype.slice),
    Error,
    String,
    WeakMap,
    weakMapGet: uncurry(WeakMap.prototype.get),
    weakMapSet: uncurry(WeakMap.prototype.set),
  };
  // Adds a global the way the built-in ones are: replaceable and not enumerable.
  kit.define = (name, value) =>
    defineProperty(globalThis, name, { __proto__: null, value, writable: true, configurable: true, enumerable: false });
  // An error that ends up as a diagnostic about the sandbox.
  kit.refusal = (message) => {
    const error = new Error(message);
    defineProperty(error, "code", { __proto__: null, value: "ERR_NEONFORM_SANDBOX", configurable: true, writable: true });
    return error;
  };
  // A function that is there so that importing it works, and that says so when it is called.
  kit.absent = (what) =>
    function () {
      throw kit.refusal(what);
    };
});
