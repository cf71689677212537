// `Event`, `EventTarget`, `AbortController`, `AbortSignal` and `DOMException`.
(function (kit) {
  "use strict";
  const CODES = { InvalidCharacterError: 5, DataCloneError: 25, AbortError: 20, TimeoutError: 23, QuotaExceededError: 22 };

  class DOMException extends Error {
    #name;
    constructor(message = "", name = "Error") {
      super(message);
      this.#name = String(typeof name === "object" && name !== null ? (name.name ?? "Error") : name);
      if (typeof name === "object" && name !== null && "cause" in name) this.cause = name.cause;
    }
    get name() {
      return this.#name;
    }
    get code() {
      return CODES[this.#name] ?? 0;
    }
  }

  class Event {
    #type;
    #cancelable;
    #prevented = false;
    stopped = false;
    constructor(type, options = {}) {
      this.#type = String(type);
      this.#cancelable = Boolean(options?.cancelable);
      this.target = null;
      this.currentTarget = null;
      this.bubbles = Boolean(options?.bubbles);
      this.timeStamp = 0;
      Object.defineProperty(this, "stopped", { enumerable: false });
    }
    get type() {
      return this.#type;
    }
    get cancelable() {
      return this.#cancelable;
    }
    get defaultPrevented() {
      return this.#prevented;
    }
    preventDefault() {
      if (this.#cancelable) this.#prevented = true;
    }
    stopPropagation() {}
    stopImmediatePropagation() {
      this.stopped = true;
    }
  }

  class CustomEvent extends Event {
    constructor(type, options = {}) {
      super(type, options);
      this.detail = options?.detail ?? null;
    }
  }

  class EventTarget {
    #listeners = [];
    addEventListener(type, listener, options) {
      if (listener === null || listener === undefined) return;
      if (this.#listeners.some((entry) => entry.type === type && entry.listener === listener)) return;
      const entry = { type, listener, once: Boolean(options?.once) };
      if (options?.signal?.aborted) return;
      this.#listeners.push(entry);
      options?.signal?.addEventListener("abort", () => this.removeEventListener(type, listener));
    }
    removeEventListener(type, listener) {
      this.#listeners = this.#listeners.filter((entry) => entry.type !== type || entry.listener !== listener);
    }
    dispatchEvent(event) {
      event.target = this;
      event.currentTarget = this;
      for (const entry of [...this.#listeners]) {
        if (entry.type !== event.type || event.stopped) continue;
        if (entry.once) this.removeEventListener(entry.type, entry.listener);
        if (typeof entry.listener === "function") entry.listener.call(this, event);
        else entry.listener.handleEvent(event);
      }
      return !event.defaultPrevented;
    }
  }

  const secret = Symbol("neonform");
  let abort;

  class AbortSignal extends EventTarget {
    #aborted = false;
    #reason;
    onabort = null;
    constructor(key) {
      super();
      if (key !== secret) throw new TypeError("Illegal constructor");
    }
    static {
      abort = (signal, reason) => {
        if (signal.#aborted) return;
        signal.#aborted = true;
        signal.#reason = reason === undefined ? new DOMException("This operation was aborted", "AbortError") : reason;
        const event = new Event("abort");
        if (typeof signal.onabort === "function") signal.onabort(event);
        signal.dispatchEvent(event);
      };
    }
    get aborted() {
      return this.#aborted;
    }
    get reason() {
      return this.#reason;
    }
    throwIfAborted() {
      if (this.#aborted) throw this.#reason;
    }
    static abort(reason) {
      const signal = new AbortSignal(secret);
      abort(signal, reason);
      return signal;
    }
    static timeout(delay) {
      const signal = new AbortSignal(secret);
      setTimeout(() => abort(signal, new DOMException("The operation was aborted due to timeout", "TimeoutError")), delay);
      return signal;
    }
    static any(signals) {
      const signal = new AbortSignal(secret);
      for (const other of signals) {
        if (other.aborted) abort(signal, other.reason);
        else other.addEventListener("abort", () => abort(signal, other.reason));
      }
      return signal;
    }
  }

  class AbortController {
    #signal = new AbortSignal(secret);
    get signal() {
      return this.#signal;
    }
    abort(reason) {
      abort(this.#signal, reason);
    }
  }

  for (const made of [DOMException, Event, CustomEvent, EventTarget, AbortSignal, AbortController]) kit.define(made.name, made);
});
