// Randomness that is the same in every run: `Math.random` and `crypto` draw on one seeded generator.
(function (kit) {
  "use strict";
  // sfc32, run in past its seed.
  let [a, b, c, counter] = [0x6e656f6e, 0x666f726d, 0x706f6c69, 1];
  const word = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 15; round++) word();

  kit.p.defineProperty(Math, "random", {
    value: function random() {
      return ((word() >>> 5) * 67108864 + (word() >>> 6)) / 9007199254740992;
    },
    writable: true,
    enumerable: false,
    configurable: true,
  });

  kit.randomBytes = (bytes) => {
    for (let at = 0; at < bytes.length; at++) bytes[at] = word() & 0xff;
    return bytes;
  };

  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

  class Crypto {
    getRandomValues(array) {
      if (!ArrayBuffer.isView(array)) throw new TypeError("The data argument must be an integer-typed TypedArray");
      if (array.byteLength > 65536) throw new DOMException("The requested length exceeds 65,536 bytes", "QuotaExceededError");
      kit.randomBytes(kit.bytesOf(array));
      return array;
    }
    randomUUID() {
      const bytes = kit.randomBytes(new Uint8Array(16));
      bytes[6] = (bytes[6] & 0x0f) | 0x40;
      bytes[8] = (bytes[8] & 0x3f) | 0x80;
      const text = hex(bytes);
      return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join("-");
    }
  }
  const subtle = {};
  const METHODS = "decrypt deriveBits deriveKey digest encrypt exportKey generateKey importKey sign unwrapKey verify wrapKey";
  for (const name of METHODS.split(" ")) {
    subtle[name] = async () => {
      throw kit.refusal(`crypto.subtle.${name} is not available to a policy`);
    };
  }
  Object.defineProperty(Crypto.prototype, "subtle", { value: Object.freeze(subtle), enumerable: true, configurable: true });
  kit.define("Crypto", Crypto);
  kit.define("crypto", new Crypto());
});
