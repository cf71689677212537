// The built-in modules that only repackage what is there, and what they leave out.
(function (kit, host) {
  "use strict";
  const absent = (module, names) =>
    Object.fromEntries(names.trim().split(/\s+/).map((name) => [name, kit.absent(`${module}.${name} is not available to a policy`)]));
  return {
    process: () => process,
    buffer: () => ({ Buffer, atob, btoa, constants: { MAX_LENGTH: 2 ** 32, MAX_STRING_LENGTH: 2 ** 29 - 24 } }),
    os: () => ({
      EOL: "\n",
      platform: () => "linux",
      type: () => "Linux",
      arch: () => "x64",
      endianness: () => "LE",
      devNull: "/dev/null",
      ...absent("os", "availableParallelism cpus freemem homedir hostname loadavg machine networkInterfaces release tmpdir totalmem uptime userInfo version"),
    }),
    // Here so that importing it works, as a package that reads `.env` files does; hashing is not.
    crypto: () => ({
      webcrypto: crypto,
      randomUUID: () => crypto.randomUUID(),
      getRandomValues: (array) => crypto.getRandomValues(array),
      randomBytes: (size) => Buffer.from(kit.randomBytes(new Uint8Array(size)).buffer),
      randomInt: (low, high) => (high === undefined ? Math.floor(Math.random() * low) : low + Math.floor(Math.random() * (high - low))),
      subtle: crypto.subtle,
      ...absent(
        "crypto",
        `createCipheriv createDecipheriv createHash createHmac createPrivateKey createPublicKey createSecretKey createSign
        createVerify generateKey generateKeyPair generateKeyPairSync hash hkdf hkdfSync pbkdf2 pbkdf2Sync scrypt scryptSync
        sign timingSafeEqual verify`,
      ),
    }),
    timers: () => ({ setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, clearImmediate }),
    "timers/promises": () => ({
      setTimeout: (delay, value) => new Promise((resolve) => setTimeout(resolve, delay, value)),
      setImmediate: (value) => new Promise((resolve) => setImmediate(resolve, value)),
    }),
    "path/posix": () => kit.requireBuiltin("node:path"),
    "fs/promises": () => kit.requireBuiltin("node:fs").promises,
    "util/types": () => kit.requireBuiltin("node:util").types,
    "assert/strict": () => kit.requireBuiltin("node:assert").strict,
  };
});
