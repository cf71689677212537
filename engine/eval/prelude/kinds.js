// What an object is, where that is more than plain data. The host tells what JavaScript cannot; the rest
// is told by methods that work on their own kind only, so that no policy can pass one for another.
(function (kit, host) {
  "use strict";
  const { getPrototypeOf, objectPrototype, uncurry } = kit.p;
  const arrayPrototype = Array.prototype;
  const iteratorPrototype = getPrototypeOf(getPrototypeOf([][Symbol.iterator]()));
  const generatorPrototype = getPrototypeOf(function* () {}).prototype;
  const asyncGeneratorPrototype = getPrototypeOf(async function* () {}).prototype;
  const isView = ArrayBuffer.isView;
  const getter = (prototype, name) => uncurry(Object.getOwnPropertyDescriptor(prototype, name).get);
  const weakMapHas = uncurry(WeakMap.prototype.has);
  const weakSetHas = uncurry(WeakSet.prototype.has);
  const regExpSource = getter(RegExp.prototype, "source");
  const regExpPrototype = RegExp.prototype;
  const probe = {};

  // Each throws for anything but its own kind.
  const BRANDS = [
    ["a Map", getter(Map.prototype, "size")],
    ["a Set", getter(Set.prototype, "size")],
    ["a WeakMap", (value) => weakMapHas(value, probe)],
    ["a WeakSet", (value) => weakSetHas(value, probe)],
    ["a Date", uncurry(Date.prototype.getTime)],
    ["a RegExp", (value) => {
      if (value === regExpPrototype) throw value;
      return regExpSource(value);
    }],
    ["an ArrayBuffer", getter(ArrayBuffer.prototype, "byteLength")],
    ["a String object", uncurry(String.prototype.valueOf)],
    ["a Number object", uncurry(Number.prototype.valueOf)],
    ["a Boolean object", uncurry(Boolean.prototype.valueOf)],
    ["a Symbol object", uncurry(Symbol.prototype.valueOf)],
    ["a BigInt object", uncurry(BigInt.prototype.valueOf)],
  ];
  const dataViewLength = getter(DataView.prototype, "byteLength");

  const holds = (test, value) => {
    try {
      test(value);
      return true;
    } catch {
      return false;
    }
  };

  const branded = (value) => {
    for (let at = 0; at < BRANDS.length; at++) if (holds(BRANDS[at][1], value)) return BRANDS[at][0];
    let prototype = getPrototypeOf(value);
    for (let steps = 0; prototype !== null && steps < 10; steps++) {
      if (prototype === generatorPrototype || prototype === asyncGeneratorPrototype) return "a generator";
      if (prototype === iteratorPrototype) return "an iterator";
      prototype = host.classify(prototype) === "a Proxy" ? null : getPrototypeOf(prototype);
    }
    return null;
  };

  // null for plain objects, arrays, class instances, functions and primitives.
  kit.kind = (value) => {
    if (typeof value !== "object" || value === null || value === kit.environment) return null;
    const kind = host.classify(value);
    if (kind !== null) return kind;
    const prototype = getPrototypeOf(value);
    if (prototype === objectPrototype || prototype === null || prototype === arrayPrototype) return null;
    if (kit.isUrl?.(value)) return "a URL";
    if (isView(value)) return holds(dataViewLength, value) ? "a DataView" : "a typed array";
    return branded(value);
  };
});
