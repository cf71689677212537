// Remembers where objects were written and where values were thrown. The evaluator wraps every object
// and array literal in `at` and every thrown value in `thrown`; the numbers are places it knows.
(function (kit) {
  "use strict";
  const { WeakMap, weakMapGet, weakMapSet } = kit.p;
  const places = new WeakMap();
  const FURTHEST = 5;
  let last = { __proto__: null, value: undefined, place: -1, before: null, depth: 0 };
  kit.at = (place, object) => {
    weakMapSet(places, object, place);
    return object;
  };
  // Throwing on what was caught keeps where it was thrown first.
  kit.thrown = (place, value) => {
    const again = last.value === value && last.depth < FURTHEST;
    last = { __proto__: null, value, place, before: again ? last : null, depth: again ? last.depth + 1 : 0 };
    return value;
  };
  kit.placeOf = (object) => weakMapGet(places, object) ?? -1;
  // The places of the `throw`s that threw this value: for an object the first one first, since it was one
  // throw that others passed on; for anything else the last one first. Empty when another throw came after.
  kit.placesOfThrow = (value) => {
    let text = "";
    if (last.value !== value) return text;
    const same = typeof value === "object" && value !== null;
    for (let one = last; one !== null; one = one.before) {
      text = text === "" ? `${one.place}` : same ? `${one.place},${text}` : `${text},${one.place}`;
    }
    return text;
  };
});
