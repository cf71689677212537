// The last step, for each policy anew: what differs from policy to policy, and what is not in the list of globals goes.
// V8 itself adds globals and properties of its own to what comes out of a snapshot, so neither could be done before.
(function (kit) {
  "use strict";
  const { defineProperty, ownKeys, parse } = kit.p;
  const KEPT = `
    globalThis global Infinity NaN undefined eval isFinite isNaN parseFloat parseInt
    decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape
    Object Function Array Number Boolean String Symbol BigInt Math JSON Reflect Proxy Promise Iterator
    Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError SuppressedError
    Map Set WeakMap WeakSet WeakRef FinalizationRegistry RegExp Date Intl
    ArrayBuffer DataView Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array
    Float16Array Float32Array Float64Array BigInt64Array BigUint64Array DisposableStack AsyncDisposableStack
    console process Buffer URL URLSearchParams TextEncoder TextDecoder atob btoa structuredClone
    setTimeout clearTimeout setInterval clearInterval setImmediate clearImmediate queueMicrotask
    Event CustomEvent EventTarget AbortController AbortSignal DOMException Crypto crypto performance fetch
    __neonform_import`;
  const kept = new Set(KEPT.trim().split(/\s+/));

  // Where call sites hand out functions and receivers, they would hand out those of the prelude.
  const isTelling = () => {
    Error.prepareStackTrace = (_, sites) => sites;
    const sites = new Error().stack;
    Error.prepareStackTrace = undefined;
    delete Error.prepareStackTrace;
    return kit.p.isArray(sites) && sites.some((site) => site.getFunction?.() !== undefined || site.getThis?.() !== undefined);
  };

  kit.settle = (facts) => {
    kit.facts = parse(facts);
    kit.setEnvironment(kit.facts.env);
    process.versions.neonform = kit.facts.version;
    kit.define("queueMicrotask", kit.queueMicrotask);
    if (isTelling()) defineProperty(Error, "prepareStackTrace", { get: () => undefined, set: () => {}, configurable: false });
    for (const name of ownKeys(globalThis)) {
      if (typeof name === "string" && !kept.has(name)) delete globalThis[name];
    }
    if (typeof Error.stackTraceLimit === "number") Error.stackTraceLimit = 30;
  };
});
