// `Buffer`: the part of Node's that policies and small libraries use.
(function (kit) {
  "use strict";
  const decoders = {
    utf8: (text) => kit.utf8Encode(text),
    base64: (text) => kit.base64Decode(text),
    latin1: (text) => kit.latin1Bytes(text),
    hex: (text) => {
      const pairs = /^(?:[0-9A-Fa-f]{2})*/.exec(text)[0];
      const bytes = new Uint8Array(pairs.length / 2);
      for (let at = 0; at < bytes.length; at++) bytes[at] = parseInt(pairs.slice(2 * at, 2 * at + 2), 16);
      return bytes;
    },
    utf16le: (text) => {
      const bytes = new Uint8Array(2 * text.length);
      for (let at = 0; at < text.length; at++) {
        bytes[2 * at] = text.charCodeAt(at) & 0xff;
        bytes[2 * at + 1] = text.charCodeAt(at) >> 8;
      }
      return bytes;
    },
  };
  decoders.base64url = decoders.base64;
  const encoders = {
    utf8: (bytes) => kit.utf8Decode(bytes),
    base64: (bytes) => kit.base64Encode(bytes),
    base64url: (bytes) => kit.base64Encode(bytes, true),
    latin1: (bytes) => kit.latin1(bytes),
    ascii: (bytes) => kit.latin1(bytes.map((byte) => byte & 0x7f)),
    hex: (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""),
    utf16le: (bytes) => {
      let text = "";
      for (let at = 0; at + 1 < bytes.length; at += 2) text += String.fromCharCode(bytes[at] | (bytes[at + 1] << 8));
      return text;
    },
  };
  const ALIASES = { "utf-8": "utf8", binary: "latin1", ascii: "ascii", ucs2: "utf16le", "ucs-2": "utf16le", "utf-16le": "utf16le" };
  const named = (encoding) => {
    const name = String(encoding ?? "utf8").toLowerCase();
    return ALIASES[name] ?? name;
  };
  const pick = (table, encoding) => {
    const name = named(encoding);
    const found = Object.hasOwn(table, name) ? table[name] : table === decoders && name === "ascii" ? decoders.latin1 : null;
    if (found === null) throw new TypeError(`Unknown encoding: ${encoding}`);
    return found;
  };
  const wrap = (bytes) => new Buffer(bytes.buffer, bytes.byteOffset, bytes.byteLength);

  class Buffer extends Uint8Array {
    static poolSize = 8192;
    static from(value, encoding, length) {
      if (typeof value === "string") return wrap(pick(decoders, encoding)(value));
      if (value instanceof ArrayBuffer) return new Buffer(value, encoding, length);
      if (value?.type === "Buffer" && Array.isArray(value.data)) return wrap(Uint8Array.from(value.data));
      if (typeof value === "object" && value !== null) return wrap(Uint8Array.from(value));
      throw new TypeError("The first argument must be a string, an array, a Buffer or an ArrayBuffer");
    }
    static of(...values) {
      return Buffer.from(values);
    }
    static alloc(size, fill, encoding) {
      const made = new Buffer(size);
      if (fill === undefined || size === 0) return made;
      const unit = typeof fill === "number" ? [fill & 0xff] : Buffer.from(fill, encoding);
      for (let at = 0; at < size && unit.length; at++) made[at] = unit[at % unit.length];
      return made;
    }
    static allocUnsafe(size) {
      return new Buffer(size);
    }
    static allocUnsafeSlow(size) {
      return new Buffer(size);
    }
    static concat(list, total = list.reduce((sum, part) => sum + part.length, 0)) {
      const made = new Buffer(total);
      let at = 0;
      for (const part of list) {
        if (at >= total) break;
        made.set(part.subarray(0, total - at), at);
        at += part.length;
      }
      return made;
    }
    static byteLength(value, encoding) {
      return typeof value === "string" ? pick(decoders, encoding)(value).length : value.byteLength;
    }
    static isBuffer(value) {
      return value instanceof Buffer;
    }
    static isEncoding(encoding) {
      return typeof encoding === "string" && Object.hasOwn(encoders, named(encoding));
    }
    static compare(a, b) {
      for (let at = 0; at < Math.min(a.length, b.length); at++) if (a[at] !== b[at]) return a[at] < b[at] ? -1 : 1;
      return Math.sign(a.length - b.length);
    }
    toString(encoding, start = 0, end = this.length) {
      return pick(encoders, encoding)(this.subarray(start, end));
    }
    toJSON() {
      return { type: "Buffer", data: Array.from(this) };
    }
    equals(other) {
      return Buffer.compare(this, other) === 0;
    }
    compare(other) {
      return Buffer.compare(this, other);
    }
    write(text, offset = 0, length = this.length - offset, encoding) {
      const bytes = pick(decoders, typeof offset === "string" ? offset : encoding)(text);
      const at = typeof offset === "string" ? 0 : offset;
      const part = bytes.subarray(0, Math.min(typeof length === "string" ? bytes.length : length, this.length - at));
      this.set(part, at);
      return part.length;
    }
    copy(target, to = 0, start = 0, end = this.length) {
      const part = this.subarray(start, Math.min(end, start + target.length - to));
      target.set(part, to);
      return part.length;
    }
    slice(start, end) {
      return this.subarray(start, end);
    }
    includes(value, start) {
      return this.indexOf(value, start) >= 0;
    }
    indexOf(value, start = 0) {
      if (typeof value === "number") return super.indexOf(value, start);
      const part = Buffer.from(value);
      for (let at = start; at + part.length <= this.length; at++) {
        if (part.every((byte, index) => this[at + index] === byte)) return at;
      }
      return -1;
    }
  }
  kit.define("Buffer", Buffer);
});
