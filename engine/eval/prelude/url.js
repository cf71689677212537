// `URL` and `URLSearchParams`. Parsing and setting is the host's, which follows the URL standard.
(function (kit, host) {
  "use strict";
  const PARTS = ["href", "origin", "protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "hash"];

  const decode = (text) => {
    const bytes = [];
    for (let at = 0; at < text.length; at++) {
      const char = text[at];
      const pair = char === "%" ? text.slice(at + 1, at + 3) : "";
      if (/^[0-9A-Fa-f]{2}$/.test(pair)) {
        bytes.push(parseInt(pair, 16));
        at += 2;
      } else if (char === "+") bytes.push(0x20);
      else {
        const whole = String.fromCodePoint(text.codePointAt(at));
        bytes.push(...kit.utf8Encode(whole));
        at += whole.length - 1;
      }
    }
    return kit.utf8Decode(bytes);
  };

  const encode = (text) => {
    let out = "";
    for (const byte of kit.utf8Encode(text)) {
      const char = String.fromCharCode(byte);
      if (/[*\-._0-9A-Za-z]/.test(char)) out += char;
      else out += byte === 0x20 ? "+" : "%" + byte.toString(16).toUpperCase().padStart(2, "0");
    }
    return out;
  };

  const parseQuery = (text) =>
    (text.startsWith("?") ? text.slice(1) : text)
      .split("&")
      .filter((part) => part !== "")
      .map((part) => {
        const cut = part.indexOf("=");
        return cut < 0 ? [decode(part), ""] : [decode(part.slice(0, cut)), decode(part.slice(cut + 1))];
      });

  let link;
  let relist;

  class URLSearchParams {
    #list = [];
    #changed = null;
    constructor(init = "") {
      if (typeof init === "object" && init !== null) {
        const pairs = typeof init[Symbol.iterator] === "function" ? init : Object.entries(init);
        for (const pair of pairs) {
          const [name, value, ...more] = pair;
          if (value === undefined || more.length) throw new TypeError("Each query pair must be an iterable [name, value] tuple");
          this.#list.push([String(name).toWellFormed(), String(value).toWellFormed()]);
        }
      } else this.#list = parseQuery(String(init).toWellFormed());
    }
    static {
      link = (params, changed) => {
        params.#changed = changed;
      };
      relist = (params, query) => {
        params.#list = parseQuery(query);
      };
    }
    #update(list) {
      this.#list = list;
      this.#changed?.(this.toString());
    }
    get size() {
      return this.#list.length;
    }
    append(name, value) {
      this.#update([...this.#list, [String(name).toWellFormed(), String(value).toWellFormed()]]);
    }
    delete(name, value) {
      this.#update(this.#list.filter(([key, held]) => key !== String(name) || (value !== undefined && held !== String(value))));
    }
    get(name) {
      return this.#list.find(([key]) => key === String(name))?.[1] ?? null;
    }
    getAll(name) {
      return this.#list.filter(([key]) => key === String(name)).map(([, value]) => value);
    }
    has(name, value) {
      return this.#list.some(([key, held]) => key === String(name) && (value === undefined || held === String(value)));
    }
    set(name, value) {
      const at = this.#list.findIndex(([key]) => key === String(name));
      if (at < 0) return this.append(name, value);
      const rest = this.#list.filter(([key], index) => index <= at || key !== String(name));
      rest[at] = [String(name), String(value).toWellFormed()];
      this.#update(rest);
    }
    sort() {
      this.#update(this.#list.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
    }
    forEach(callback, self) {
      for (const [name, value] of this.#list) callback.call(self, value, name, this);
    }
    *entries() {
      for (const [name, value] of this.#list) yield [name, value];
    }
    *keys() {
      for (const [name] of this.#list) yield name;
    }
    *values() {
      for (const [, value] of this.#list) yield value;
    }
    [Symbol.iterator]() {
      return this.entries();
    }
    toString() {
      return this.#list.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&");
    }
  }

  const parse = (input, base) =>
    base === undefined ? host.call("url.parse", String(input)) : host.call("url.join", String(input), String(base));

  class URL {
    #parts;
    #params = null;
    constructor(input, base) {
      const parsed = parse(input, base);
      if (parsed === null) {
        const error = new TypeError("Invalid URL");
        error.code = "ERR_INVALID_URL";
        error.input = String(input);
        throw error;
      }
      this.#take(parsed);
    }
    #take(parsed) {
      const values = parsed.split("\n");
      this.#parts = Object.fromEntries(PARTS.map((name, at) => [name, values[at]]));
    }
    static canParse(input, base) {
      return parse(input, base) !== null;
    }
    static parse(input, base) {
      return URL.canParse(input, base) ? new URL(input, base) : null;
    }
    static {
      kit.isUrl = (value) => typeof value === "object" && value !== null && #parts in value;
      for (const name of PARTS) {
        const set = function (value) {
          const parsed = host.call("url.set", this.#parts.href, name, String(value));
          if (parsed === null) {
            if (name === "href") throw new TypeError("Invalid URL");
            return;
          }
          this.#take(parsed);
          if (this.#params && (name === "search" || name === "href")) relist(this.#params, this.#parts.search);
        };
        Object.defineProperty(URL.prototype, name, {
          get() {
            return this.#parts[name];
          },
          set: name === "origin" ? undefined : set,
          enumerable: true,
          configurable: true,
        });
      }
    }
    get searchParams() {
      if (this.#params === null) {
        this.#params = new URLSearchParams(this.#parts.search);
        link(this.#params, (query) => this.#take(host.call("url.set", this.#parts.href, "search", query)));
      }
      return this.#params;
    }
    toString() {
      return this.#parts.href;
    }
    toJSON() {
      return this.#parts.href;
    }
  }

  kit.define("URL", URL);
  kit.define("URLSearchParams", URLSearchParams);
});
