// `node:util`: what configuration code uses of it.
(function (kit, host) {
  "use strict";
  const is = (kind) => (value) => kit.kind(value) === kind;
  const types = {
    isPromise: is("a promise"),
    isMap: is("a Map"),
    isSet: is("a Set"),
    isDate: is("a Date"),
    isRegExp: is("a RegExp"),
    isProxy: is("a Proxy"),
    isNativeError: is("an Error"),
    isTypedArray: (value) => ArrayBuffer.isView(value) && !(value instanceof DataView),
    isArrayBuffer: (value) => value instanceof ArrayBuffer,
  };

  // Structural equality; `strict` also compares prototypes and takes `Object.is` for primitives.
  kit.equal = (a, b, strict, seen = []) => {
    const isObject = (value) => typeof value === "object" && value !== null;
    if (!isObject(a) || !isObject(b)) return strict ? Object.is(a, b) : a == b || (a !== a && b !== b);
    if (a === b || seen.some(([x, y]) => x === a && y === b)) return true;
    if (strict && Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
    const kind = kit.kind(a);
    if (kind !== kit.kind(b) || Array.isArray(a) !== Array.isArray(b)) return false;
    const deeper = [...seen, [a, b]];
    if (kind === "a Date") return a.getTime() === b.getTime();
    if (kind === "a RegExp") return String(a) === String(b);
    if (kind === "an Error" && (a.message !== b.message || a.name !== b.name)) return false;
    if (kind === "a Map") return a.size === b.size && [...a].every(([key, value]) => b.has(key) && kit.equal(value, b.get(key), strict, deeper));
    if (kind === "a Set") return a.size === b.size && [...a].every((value) => b.has(value) || [...b].some((other) => kit.equal(value, other, strict, deeper)));
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && kit.equal(a[key], b[key], strict, deeper));
  };

  const promisify = (original) => {
    if (typeof original !== "function") throw new TypeError('The "original" argument must be of type function');
    if (original[promisify.custom]) return original[promisify.custom];
    return function (...values) {
      return new Promise((resolve, reject) => {
        original.call(this, ...values, (error, result) => (error ? reject(error) : resolve(result)));
      });
    };
  };
  promisify.custom = Symbol.for("nodejs.util.promisify.custom");

  const inspect = (value, options) => kit.inspect(value, options);
  inspect.custom = Symbol.for("nodejs.util.inspect.custom");

  return {
    inspect,
    format: (...values) => kit.format(values),
    promisify,
    callbackify: (original) =>
      function (...values) {
        const callback = values.pop();
        original.apply(this, values).then((result) => callback(null, result), callback);
      },
    inherits: (child, parent) => Object.setPrototypeOf(child.prototype, parent.prototype),
    deprecate: (original) => original,
    debuglog: () => () => {},
    isDeepStrictEqual: (a, b) => kit.equal(a, b, true),
    stripVTControlCharacters: (text) => text.replace(/\x1b\[[0-9;]*[A-Za-z]/g, ""),
    styleText: (_style, text) => text,
    toUSVString: (text) => String(text).toWellFormed(),
    isArray: Array.isArray,
    types,
    TextEncoder,
    TextDecoder,
  };
});
