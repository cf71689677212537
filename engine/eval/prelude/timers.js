// Timers over a clock of their own: each fires in its order as soon as nothing else can run, however far
// off it was. The date stands still meanwhile, and what is pending when evaluation ends never fires.
(function (kit) {
  "use strict";
  const { apply, weakMapGet, WeakMap, weakMapSet } = kit.p;
  // A sorted chain of plain records: nothing here can be reached or redefined by a policy.
  let first = null;
  let clock = 0;
  let serial = 0;
  const byNumber = { __proto__: null };
  const records = new WeakMap();

  const insert = (record) => {
    let before = null;
    let after = first;
    while (after !== null && after.due <= record.due) {
      before = after;
      after = after.next;
    }
    record.next = after;
    if (before === null) first = record;
    else before.next = record;
    record.pending = true;
  };

  const remove = (record) => {
    if (!record.pending) return;
    record.pending = false;
    delete byNumber[record.id];
    if (first === record) first = record.next;
    else {
      let before = first;
      while (before.next !== record) before = before.next;
      before.next = record.next;
    }
  };

  class Timeout {
    ref() {
      return this;
    }
    unref() {
      return this;
    }
    hasRef() {
      return true;
    }
    refresh() {
      const record = weakMapGet(records, this);
      remove(record);
      arm(record);
      return this;
    }
    close() {
      remove(weakMapGet(records, this));
      return this;
    }
    [Symbol.toPrimitive]() {
      return weakMapGet(records, this).id;
    }
    [Symbol.dispose ?? Symbol("dispose")]() {
      this.close();
    }
  }

  const arm = (record) => {
    record.due = clock + record.delay;
    byNumber[record.id] = record;
    insert(record);
  };

  const start = (callback, delay, values, repeat) => {
    if (typeof callback !== "function") throw new TypeError('The "callback" argument must be of type function.');
    const number = +delay;
    const wait = number >= 1 && number <= 2147483647 ? number : 1;
    const record = { __proto__: null, id: ++serial, callback, delay: wait, values, repeat, due: 0, next: null, pending: false };
    arm(record);
    const handle = new Timeout();
    weakMapSet(records, handle, record);
    return handle;
  };

  const stop = (handle) => {
    const record = typeof handle === "object" && handle !== null ? weakMapGet(records, handle) : byNumber[handle];
    if (record !== undefined) remove(record);
  };

  // Runs the timer that is due first; false when there is none.
  kit.runTimer = () => {
    const record = first;
    if (record === null) return false;
    remove(record);
    clock = record.due;
    if (record.repeat) arm(record);
    apply(record.callback, undefined, record.values);
    return true;
  };

  kit.define("setTimeout", function setTimeout(callback, delay, ...values) {
    return start(callback, delay, values, false);
  });
  kit.define("setInterval", function setInterval(callback, delay, ...values) {
    return start(callback, delay, values, true);
  });
  kit.define("setImmediate", function setImmediate(callback, ...values) {
    return start(callback, 0, values, false);
  });
  for (const name of ["clearTimeout", "clearInterval", "clearImmediate"]) {
    kit.define(name, { [name]: (handle) => stop(handle) }[name]);
  }
  const settled = Promise.resolve();
  const then = kit.p.uncurry(Promise.prototype.then);
  kit.later = (callback) => then(settled, callback);
  // V8 has one of its own, which it adds last.
  kit.queueMicrotask = function queueMicrotask(callback) {
    if (typeof callback !== "function") throw new TypeError('The "callback" argument must be of type function.');
    kit.later(() => {
      callback();
    });
  };
});
