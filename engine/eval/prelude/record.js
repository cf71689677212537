// Remembers where objects were written and where values were thrown. The evaluator wraps every object
// and array literal in `at` and every thrown value in `thrown`; the numbers are places it knows.
(kit) => {
  "use strict";
  const { WeakMap, weakMapGet, weakMapSet } = kit.p;
  const places = new WeakMap();
  let last = { __proto__: null, value: undefined, place: -1 };
  kit.at = (place, object) => {
    weakMapSet(places, object, place);
    return object;
  };
  kit.thrown = (place, value) => {
    last = { __proto__: null, value, place };
    return value;
  };
  kit.placeOf = (object) => weakMapGet(places, object) ?? -1;
  // -1 unless exactly this value was the last one thrown by a `throw` of the policy.
  kit.placeOfThrow = (value) => (last.value === value ? last.place : -1);
};
