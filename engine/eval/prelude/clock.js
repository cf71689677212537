// Time as the host gives it: the date stands still for the whole evaluation.
(function (kit) {
  "use strict";
  const { construct, defineProperty, uncurry } = kit.p;
  const now = () => kit.facts.now;
  const RealDate = Date;
  const show = uncurry(RealDate.prototype.toString);

  const FrozenDate = function Date(...values) {
    if (new.target === undefined) return show(new RealDate(now()));
    return construct(RealDate, values.length === 0 ? [now()] : values, new.target);
  };
  const fixed = (target, name, value) => defineProperty(target, name, { value, writable: true, enumerable: false, configurable: true });
  defineProperty(FrozenDate, "length", { value: 7, configurable: true });
  defineProperty(FrozenDate, "prototype", { value: RealDate.prototype, writable: false });
  fixed(RealDate.prototype, "constructor", FrozenDate);
  fixed(FrozenDate, "now", now);
  fixed(FrozenDate, "parse", RealDate.parse);
  fixed(FrozenDate, "UTC", RealDate.UTC);
  kit.define("Date", FrozenDate);

  // `format()` without a date means now.
  if (typeof Intl === "object") {
    const { prototype } = Intl.DateTimeFormat;
    const format = Object.getOwnPropertyDescriptor(prototype, "format");
    if (format?.get) {
      const get = uncurry(format.get);
      const bound = new WeakMap();
      defineProperty(prototype, "format", {
        ...format,
        get() {
          const real = get(this);
          if (!bound.has(this)) bound.set(this, (date) => real(date === undefined ? now() : date));
          return bound.get(this);
        },
      });
    }
    if (typeof prototype.formatToParts === "function") {
      const toParts = uncurry(prototype.formatToParts);
      fixed(prototype, "formatToParts", function formatToParts(date) {
        return toParts(this, date === undefined ? now() : date);
      });
    }
  }

  kit.define("performance", {
    get timeOrigin() {
      return now();
    },
    now: () => 0,
    mark: () => {},
    measure: () => {},
    toJSON: () => ({ timeOrigin: now() }),
  });
});
