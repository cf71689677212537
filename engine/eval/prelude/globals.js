// The last step: what is not in the list goes, and a few built-ins lose what would escape the sandbox.
(function (kit) {
  "use strict";
  const { construct, defineProperty, ownKeys } = kit.p;

  // Resizable buffers take their memory past the allocator that counts.
  const RealBuffer = ArrayBuffer;
  const CountedBuffer = function ArrayBuffer(length, options) {
    if (new.target === undefined) throw new TypeError("Constructor ArrayBuffer requires 'new'");
    if (typeof options === "object" && options !== null && options.maxByteLength !== undefined) {
      throw kit.refusal("resizable array buffers are not available to a policy");
    }
    return construct(RealBuffer, [length], new.target);
  };
  const fixed = (target, name, value) => defineProperty(target, name, { value, writable: true, enumerable: false, configurable: true });
  defineProperty(CountedBuffer, "prototype", { value: RealBuffer.prototype, writable: false });
  defineProperty(CountedBuffer, Symbol.species, { get: () => CountedBuffer, configurable: true });
  fixed(CountedBuffer, "isView", RealBuffer.isView);
  fixed(RealBuffer.prototype, "constructor", CountedBuffer);
  kit.define("ArrayBuffer", CountedBuffer);

  kit.define("global", globalThis);
  kit.define("fetch", async function fetch() {
    throw kit.refusal("fetch is not available: a policy has no network");
  });
  defineProperty(globalThis, "__neonform_import", { value: kit.importComputed, writable: false, enumerable: false, configurable: false });

  // Where call sites hand out functions and receivers, they would hand out those of the prelude.
  const isTelling = () => {
    Error.prepareStackTrace = (_, sites) => sites;
    const sites = new Error().stack;
    Error.prepareStackTrace = undefined;
    delete Error.prepareStackTrace;
    return kit.p.isArray(sites) && sites.some((site) => site.getFunction?.() !== undefined || site.getThis?.() !== undefined);
  };
  if (isTelling()) defineProperty(Error, "prepareStackTrace", { get: () => undefined, set: () => {}, configurable: false });

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
  for (const name of ownKeys(globalThis)) {
    if (typeof name === "string" && !kept.has(name)) delete globalThis[name];
  }
  if (typeof Error.stackTraceLimit === "number") Error.stackTraceLimit = 30;
});
