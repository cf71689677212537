// `structuredClone` for plain data, arrays, maps, sets, dates, regular expressions, errors and buffers.
(function (kit, host) {
  "use strict";
  const refuse = (what) => new DOMException(`${what} could not be cloned.`, "DataCloneError");

  const copyOf = (value, kind) => {
    if (kind === "a Date") return new Date(value.getTime());
    if (kind === "a RegExp") return new RegExp(value.source, value.flags);
    if (value instanceof ArrayBuffer) return value.slice(0);
    if (kind?.endsWith(" object")) return Object(value.valueOf());
    return null;
  };

  const view = (value, seen) => {
    const buffer = clone(value.buffer, seen);
    if (value instanceof DataView) return new DataView(buffer, value.byteOffset, value.byteLength);
    const Type = Object.getPrototypeOf(Uint8Array).prototype;
    const name = Object.getOwnPropertyDescriptor(Type, Symbol.toStringTag).get.call(value);
    return new globalThis[name](buffer, value.byteOffset, value.length);
  };

  const fill = (value, made, seen) => {
    for (const key of Object.keys(value)) {
      Object.defineProperty(made, key, { value: clone(value[key], seen), writable: true, enumerable: true, configurable: true });
    }
    return made;
  };

  const clone = (value, seen) => {
    if (typeof value === "function") throw refuse(value.name ? `function ${value.name}` : "A function");
    if (typeof value === "symbol") throw refuse(value.toString());
    if (typeof value !== "object" || value === null) return value;
    if (seen.has(value)) return seen.get(value);
    const note = (made) => {
      seen.set(value, made);
      return made;
    };
    const kind = kit.kind(value);
    if (ArrayBuffer.isView(value)) return note(view(value, seen));
    const simple = copyOf(value, kind);
    if (simple !== null) return note(simple);
    if (kind === "a Map") {
      const made = note(new Map());
      for (const [key, inner] of [...value]) made.set(clone(key, seen), clone(inner, seen));
      return made;
    }
    if (kind === "a Set") {
      const made = note(new Set());
      for (const inner of [...value]) made.add(clone(inner, seen));
      return made;
    }
    if (kind === "an Error") {
      const made = note(new Error(value.message));
      made.name = value.name;
      if ("cause" in value) made.cause = clone(value.cause, seen);
      return made;
    }
    if (kind !== null) throw refuse(`#<${kind}>`);
    if (Array.isArray(value)) {
      const made = note([]);
      made.length = value.length;
      return fill(value, made, seen);
    }
    return fill(value, note({}), seen);
  };

  kit.define("structuredClone", function structuredClone(value) {
    return clone(value, new Map());
  });
});
