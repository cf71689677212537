// `node:events`: `EventEmitter`.
(function (kit) {
  "use strict";
  class EventEmitter {
    static defaultMaxListeners = 10;
    #listeners = new Map();
    #of(name) {
      return this.#listeners.get(name) ?? [];
    }
    on(name, listener) {
      this.#listeners.set(name, [...this.#of(name), { listener, once: false }]);
      return this;
    }
    once(name, listener) {
      this.#listeners.set(name, [...this.#of(name), { listener, once: true }]);
      return this;
    }
    prependListener(name, listener) {
      this.#listeners.set(name, [{ listener, once: false }, ...this.#of(name)]);
      return this;
    }
    off(name, listener) {
      const at = this.#of(name).findLastIndex((entry) => entry.listener === listener);
      if (at >= 0) this.#listeners.set(name, this.#of(name).toSpliced(at, 1));
      return this;
    }
    emit(name, ...values) {
      const entries = this.#of(name);
      if (entries.length === 0 && name === "error") throw values[0] ?? new Error("Unhandled error.");
      for (const entry of entries) {
        if (entry.once) this.off(name, entry.listener);
        entry.listener.apply(this, values);
      }
      return entries.length > 0;
    }
    addListener(name, listener) {
      return this.on(name, listener);
    }
    removeListener(name, listener) {
      return this.off(name, listener);
    }
    removeAllListeners(name) {
      if (name === undefined) this.#listeners.clear();
      else this.#listeners.delete(name);
      return this;
    }
    listeners(name) {
      return this.#of(name).map((entry) => entry.listener);
    }
    listenerCount(name) {
      return this.#of(name).length;
    }
    eventNames() {
      return [...this.#listeners.keys()];
    }
    setMaxListeners() {
      return this;
    }
    getMaxListeners() {
      return EventEmitter.defaultMaxListeners;
    }
  }
  EventEmitter.EventEmitter = EventEmitter;
  EventEmitter.once = (emitter, name) =>
    new Promise((resolve, reject) => {
      emitter.once(name, (...values) => resolve(values));
      if (name !== "error") emitter.once("error", reject);
    });
  return Object.assign(EventEmitter, { default: EventEmitter });
});
