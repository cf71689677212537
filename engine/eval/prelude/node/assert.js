// `node:assert`: the assertions that configuration code makes.
(function (kit) {
  "use strict";
  kit.requireBuiltin("node:util");

  class AssertionError extends Error {
    constructor({ message, actual, expected, operator }) {
      super(message ?? `${kit.inspect(actual)} ${operator} ${kit.inspect(expected)}`);
      this.name = "AssertionError";
      this.code = "ERR_ASSERTION";
      Object.assign(this, { actual, expected, operator, generatedMessage: message === undefined });
    }
  }
  const fail = (message, actual, expected, operator) => {
    if (message instanceof Error) throw message;
    throw new AssertionError({ message, actual, expected, operator });
  };
  const compare = (operator, holds) => (actual, expected, message) => {
    if (!holds(actual, expected)) fail(message, actual, expected, operator);
  };
  const matches = (error, expected) => {
    if (expected === undefined || typeof expected === "string") return true;
    if (expected instanceof RegExp) return expected.test(String(error));
    if (typeof expected === "function") return error instanceof expected || (!(expected.prototype instanceof Error) && expected(error) === true);
    return Object.keys(expected).every((key) =>
      expected[key] instanceof RegExp ? expected[key].test(error[key]) : kit.equal(error[key], expected[key], true));
  };

  const assert = (value, message) => {
    if (!value) fail(message ?? "The expression evaluated to a falsy value", value, true, "==");
  };
  Object.assign(assert, {
    ok: assert,
    AssertionError,
    fail: (message = "Failed") => fail(message, undefined, undefined, "fail"),
    equal: compare("==", (a, b) => kit.equal(a, b, false)),
    notEqual: compare("!=", (a, b) => a != b),
    strictEqual: compare("===", Object.is),
    notStrictEqual: compare("!==", (a, b) => !Object.is(a, b)),
    deepEqual: compare("deepEqual", (a, b) => kit.equal(a, b, false)),
    notDeepEqual: compare("notDeepEqual", (a, b) => !kit.equal(a, b, false)),
    deepStrictEqual: compare("deepStrictEqual", (a, b) => kit.equal(a, b, true)),
    notDeepStrictEqual: compare("notDeepStrictEqual", (a, b) => !kit.equal(a, b, true)),
    match: compare("match", (text, pattern) => pattern.test(text)),
    doesNotMatch: compare("doesNotMatch", (text, pattern) => !pattern.test(text)),
    ifError: (value) => {
      if (value !== null && value !== undefined) throw value;
    },
    throws: (body, expected, message) => {
      try {
        body();
      } catch (error) {
        if (!matches(error, expected)) throw error;
        return;
      }
      fail(message ?? "Missing expected exception.", undefined, expected, "throws");
    },
    rejects: async (body, expected, message) => {
      try {
        await (typeof body === "function" ? body() : body);
      } catch (error) {
        if (!matches(error, expected)) throw error;
        return;
      }
      fail(message ?? "Missing expected rejection.", undefined, expected, "rejects");
    },
  });
  assert.strict = Object.assign((value, message) => assert(value, message), assert, {
    equal: assert.strictEqual,
    notEqual: assert.notStrictEqual,
    deepEqual: assert.deepStrictEqual,
    notDeepEqual: assert.notDeepStrictEqual,
  });
  assert.strict.strict = assert.strict;
  return assert;
});
