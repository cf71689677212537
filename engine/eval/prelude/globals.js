// Globals of no other file; a built-in loses what would escape the sandbox.
(function (kit) {
  "use strict";
  const { construct, defineProperty } = kit.p;

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
});
