// Reads a value that a policy made into one flat list of tokens, which `src/extract.rs` turns into a tree.
//
// Every node is a letter and its payload: u undefined, z null, t true, f false, n number, s string,
// l list (place, count, nodes), o object (place, count, key and node pairs), F function, e an environment that
// is not all shown, x anything else.
(function (kit, host) {
  "use strict";
  const { apply, create, defineProperty, Error, freeze, getPrototypeOf, hasOwn, isArray, keys, objectPrototype, ownKeys } = kit.p;
  const { parse, slice, String, stringify, toWellFormed } = kit.p;
  const DEEPEST = 200;
  const LONGEST = 4 * 1024 * 1024;

  let text;
  let policy;
  let branch;
  let failedAt = null;
  let capturing = false;

  const excess = (code, message) => {
    const error = new Error(message);
    defineProperty(error, "code", { __proto__: null, value: code });
    return error;
  };

  const emit = (token) => {
    text += text === "[" ? token : "," + token;
    if (text.length > LONGEST) throw excess("ERR_NEONFORM_TOO_LARGE", "more than 4 MiB");
  };
  const quote = (string) => stringify(toWellFormed(string));

  const primitive = (value) => {
    switch (typeof value) {
      case "undefined":
        return emit('"u"');
      case "boolean":
        return emit(value ? '"t"' : '"f"');
      case "string":
        return emit(`"s",${quote(value)}`);
      case "number":
        return emit(`"n","${value === 0 && 1 / value < 0 ? "-0" : String(value)}"`);
      case "symbol":
        return emit('"x","a symbol"');
      case "bigint":
        return emit('"x","a bigint"');
      default:
        return emit('"z"');
    }
  };

  // Whether an object without fields of its own gets some from what it inherits from.
  const inheritsFields = (value) => {
    let prototype = getPrototypeOf(value);
    for (let steps = 0; prototype !== null && prototype !== objectPrototype && steps < 100; steps++) {
      const names = ownKeys(prototype);
      if (names.length > 1 || (names.length === 1 && names[0] !== "constructor")) return true;
      prototype = getPrototypeOf(prototype);
    }
    return false;
  };

  const other = (value, names, above) => {
    for (let outer = above; outer !== null; outer = outer.above) {
      if (outer.value === value) return "an object that contains itself";
    }
    if (isArray(value)) return null;
    if ((names.length === 0 || hasOwn(value, "then")) && typeof value.then === "function") return "a promise";
    if (names.length === 0 && inheritsFields(value)) return "an object whose fields are inherited";
    return null;
  };

  const list = (value, above, depth) => {
    const count = value.length;
    emit(`"l",${kit.placeOf(value)},${count}`);
    for (let at = 0; at < count; at++) {
      const here = { __proto__: null, value, above, key: at };
      if (hasOwn(value, at)) member(value, here, depth);
      else emit('"u"');
    }
  };

  const member = (value, here, depth) => {
    let inner;
    try {
      inner = value[here.key];
    } catch (error) {
      failedAt ??= here;
      throw error;
    }
    if (capturing && depth === 0 && here.key === "branch" && typeof inner === "function") branch = inner;
    node(inner, here, depth + 1);
  };

  const node = (value, above, depth) => {
    if (typeof value === "function") return emit('"F"');
    if (typeof value !== "object" || value === null) return primitive(value);
    if (kit.isHiddenEnvironment(value)) return emit('"e"');
    if (depth > DEEPEST) {
      failedAt ??= above;
      throw excess("ERR_NEONFORM_TOO_DEEP", "more than 200 levels");
    }
    let names;
    let kind;
    try {
      kind = kit.kind(value);
      names = kind === null && !isArray(value) ? keys(value) : [];
      kind ??= other(value, names, above);
    } catch (error) {
      failedAt ??= above;
      throw error;
    }
    if (kind !== null) return emit(`"x",${quote(kind)}`);
    if (isArray(value)) return list(value, above, depth);
    emit(`"o",${kit.placeOf(value)},${names.length}`);
    for (let at = 0; at < names.length; at++) {
      emit(quote(names[at]));
      member(value, { __proto__: null, value, above, key: names[at] }, depth);
    }
  };

  const encode = (value) => {
    text = "[";
    failedAt = null;
    node(value, null, 0);
    const whole = text + "]";
    text = "";
    return whole;
  };

  // What a module exports by default; a CommonJS module may hold it one level further down.
  const defaultOf = (namespace) => {
    const value = hasOwn(namespace, "default") ? namespace.default : undefined;
    if (typeof value !== "object" || value === null || kit.kind(value) !== null || !hasOwn(value, "default")) return value;
    return hasOwn(value, "__esModule") || keys(value).length === 1 ? value.default : value;
  };

  kit.extractDefault = (namespace) => {
    policy = defaultOf(namespace);
    branch = undefined;
    capturing = true;
    const whole = encode(policy);
    capturing = false;
    return whole;
  };

  kit.exportNames = (namespace) => {
    const names = keys(namespace);
    let text = "";
    for (let at = 0; at < names.length; at++) text += (at === 0 ? "" : ", ") + names[at];
    return text;
  };

  // The way to what could not be read, outermost first, as JSON; null when reading was not the trouble.
  kit.failedAt = () => {
    let way = "";
    let length = 0;
    for (let step = failedAt; step !== null; step = step.above) {
      const key = typeof step.key === "number" ? String(step.key) : quote(step.key);
      way = way === "" ? key : `${key},${way}`;
      if (++length > DEEPEST) break;
    }
    const found = failedAt !== null;
    failedAt = null;
    return found ? `[${way}]` : null;
  };

  const frozen = (value) => {
    if (typeof value !== "object" || value === null) return value;
    const names = ownKeys(value);
    for (let at = 0; at < names.length; at++) frozen(value[names[at]]);
    return freeze(value);
  };

  // What the closure returns for one branch, as tokens; empty when there is nothing to say.
  kit.tune = (descriptor) => {
    failedAt = null;
    if (branch === undefined) return "";
    const result = apply(branch, policy, [frozen(parse(descriptor))]);
    return result === undefined || result === null ? "" : encode(result);
  };

  // What was thrown, as JSON; reading it may run policy code and must not fail for it.
  kit.explain = (thrown) => {
    const facts = create(null);
    const attempt = (name, read) => {
      try {
        const value = read();
        if (typeof value === "string" && value !== "") facts[name] = toWellFormed(slice(value, 0, 20000));
      } catch {}
    };
    facts.places = kit.placesOfThrow(thrown);
    if (typeof thrown === "object" && thrown !== null) {
      attempt("name", () => thrown.name);
      attempt("message", () => thrown.message);
      attempt("code", () => thrown.code);
      attempt("stack", () => thrown.stack);
    }
    attempt("text", () => (typeof thrown === "symbol" ? "a symbol" : String(thrown)));
    facts.error = kit.kind(thrown) === "an Error";
    return stringify(facts);
  };
});
