// Text to bytes and back: UTF-8, base64, `TextEncoder`, `TextDecoder`, `atob`, `btoa`.
(function (kit) {
  "use strict";
  const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const VALUES = new Int8Array(128).fill(-1);
  for (let at = 0; at < 64; at++) VALUES[ALPHABET.charCodeAt(at)] = at;
  VALUES["-".charCodeAt(0)] = 62;
  VALUES["_".charCodeAt(0)] = 63;

  kit.utf8Encode = (text) => {
    const whole = String(text).toWellFormed();
    const bytes = new Uint8Array(kit.utf8Length(whole));
    let at = 0;
    for (const char of whole) {
      const code = char.codePointAt(0);
      if (code < 0x80) bytes[at++] = code;
      else {
        const more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
        bytes[at++] = ((0xf0 << (3 - more)) & 0xff) | (code >> (6 * more));
        for (let shift = more - 1; shift >= 0; shift--) bytes[at++] = 0x80 | ((code >> (6 * shift)) & 0x3f);
      }
    }
    return bytes;
  };

  kit.utf8Length = (text) => {
    let length = 0;
    for (const char of String(text)) {
      const code = char.codePointAt(0);
      length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    }
    return length;
  };

  // The decoder of the Encoding standard: bounds narrow the first continuation byte, so that overlong
  // forms, surrogates and values past U+10FFFF are errors where the standard says so.
  kit.utf8Decode = (bytes, fatal = false) => {
    let text = "";
    let at = 0;
    const bad = () => {
      if (fatal) throw new TypeError("The encoded data was not valid for encoding utf-8");
      text += "\ufffd";
    };
    while (at < bytes.length) {
      const first = bytes[at++];
      if (first < 0x80) {
        text += String.fromCharCode(first);
        continue;
      }
      const more = first >= 0xc2 && first <= 0xdf ? 1 : first >= 0xe0 && first <= 0xef ? 2 : first >= 0xf0 && first <= 0xf4 ? 3 : 0;
      if (more === 0) {
        bad();
        continue;
      }
      let lower = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
      let upper = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
      let code = first & (0x3f >> more);
      let seen = 0;
      while (seen < more && at < bytes.length && bytes[at] >= lower && bytes[at] <= upper) {
        code = (code << 6) | (bytes[at++] & 0x3f);
        lower = 0x80;
        upper = 0xbf;
        seen++;
      }
      if (seen < more) bad();
      else text += String.fromCodePoint(code);
    }
    return text;
  };

  kit.base64Encode = (bytes, url = false) => {
    let text = "";
    for (let at = 0; at < bytes.length; at += 3) {
      const group = (bytes[at] << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
      const left = bytes.length - at;
      text += ALPHABET[group >> 18] + ALPHABET[(group >> 12) & 63];
      text += left > 1 ? ALPHABET[(group >> 6) & 63] : "=";
      text += left > 2 ? ALPHABET[group & 63] : "=";
    }
    return url ? text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "") : text;
  };

  // Lenient as Node's Buffer is: what is not of the alphabet is skipped, `=` ends the text.
  kit.base64Decode = (text) => {
    const clean = text.replace(/=[\s\S]*$/, "").replace(/[^A-Za-z0-9+/_-]/g, "");
    const bytes = new Uint8Array(Math.floor((clean.length * 3) / 4));
    let at = 0;
    let bits = 0;
    let held = 0;
    for (let index = 0; index < clean.length; index++) {
      held = (held << 6) | VALUES[clean.charCodeAt(index)];
      bits += 6;
      if (bits >= 8) {
        bits -= 8;
        bytes[at++] = (held >> bits) & 0xff;
      }
    }
    return bytes;
  };

  kit.latin1 = (bytes) => {
    let text = "";
    for (let at = 0; at < bytes.length; at++) text += String.fromCharCode(bytes[at]);
    return text;
  };

  kit.latin1Bytes = (text) => {
    const bytes = new Uint8Array(text.length);
    for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
    return bytes;
  };

  kit.bytesOf = (data) => {
    if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return new Uint8Array(data ?? 0);
  };

  const invalid = (message) => new DOMException(message, "InvalidCharacterError");

  kit.define("btoa", function btoa(data) {
    const text = String(data);
    if (/[^\0-\xff]/.test(text)) throw invalid("Invalid character");
    return kit.base64Encode(kit.latin1Bytes(text));
  });
  kit.define("atob", function atob(data) {
    const text = String(data).replace(/[\t\n\f\r ]/g, "");
    const bare = text.length % 4 === 0 ? text.replace(/={1,2}$/, "") : text;
    if (bare.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(bare)) throw invalid("The string to be decoded is not correctly encoded.");
    return kit.latin1(kit.base64Decode(bare));
  });

  kit.define("TextEncoder", class TextEncoder {
    get encoding() {
      return "utf-8";
    }
    encode(text = "") {
      return kit.utf8Encode(text);
    }
    encodeInto(text, target) {
      let read = 0;
      let written = 0;
      for (const char of String(text)) {
        const bytes = kit.utf8Encode(char);
        if (written + bytes.length > target.length) break;
        target.set(bytes, written);
        written += bytes.length;
        read += char.length;
      }
      return { read, written };
    }
  });

  kit.define("TextDecoder", class TextDecoder {
    #fatal;
    #ignoreBOM;
    #held = [];
    constructor(label = "utf-8", options = {}) {
      if (!/^\s*(unicode-1-1-)?utf-?8\s*$/i.test(label)) throw new RangeError(`The "${label}" encoding is not supported in the sandbox`);
      this.#fatal = Boolean(options.fatal);
      this.#ignoreBOM = Boolean(options.ignoreBOM);
    }
    get encoding() {
      return "utf-8";
    }
    get fatal() {
      return this.#fatal;
    }
    get ignoreBOM() {
      return this.#ignoreBOM;
    }
    decode(data, options) {
      let bytes = kit.bytesOf(data);
      if (options?.stream || this.#held.length) {
        this.#held.push(...bytes);
        if (options?.stream) return "";
        bytes = new Uint8Array(this.#held);
        this.#held = [];
      }
      const text = kit.utf8Decode(bytes, this.#fatal);
      return !this.#ignoreBOM && text.startsWith("\ufeff") ? text.slice(1) : text;
    }
  });
});
