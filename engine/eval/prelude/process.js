// `process`: the environment that was handed over, and little else that a policy may know.
(function (kit) {
  "use strict";
  const noop = () => process;
  const stream = (fd) => ({
    fd,
    isTTY: false,
    columns: 80,
    writable: true,
    write: (text) => {
      kit.print(String(text).replace(/\n$/, ""));
      return true;
    },
    on: noop,
    once: noop,
    end: () => {},
  });
  const hrtime = (since) => (since ? [0 - since[0], 0 - since[1]] : [0, 0]);
  hrtime.bigint = () => 0n;

  const process = {
    title: "neonform",
    env: kit.environment,
    argv: ["neonform", "neon.ts"],
    execArgv: [],
    argv0: "neonform",
    execPath: "neonform",
    pid: 1,
    ppid: 0,
    platform: "linux",
    arch: "x64",
    version: "v24.0.0",
    versions: { node: "24.0.0", neonform: "" },
    release: { name: "node" },
    features: {},
    config: { variables: {} },
    exitCode: undefined,
    stdout: stream(1),
    stderr: stream(2),
    cwd: () => kit.facts.root,
    chdir: kit.absent("process.chdir is not available to a policy"),
    exit: (code = 0) => {
      throw kit.refusal(`the policy called process.exit(${code}); throw an error to stop instead`);
    },
    abort: kit.absent("process.abort is not available to a policy"),
    kill: kit.absent("process.kill is not available to a policy"),
    uptime: () => 0,
    hrtime,
    memoryUsage: () => ({ rss: 0, heapTotal: 0, heapUsed: 0, external: 0, arrayBuffers: 0 }),
    nextTick: (callback, ...values) => {
      kit.later(() => {
        callback(...values);
      });
    },
    emitWarning: (warning) => kit.print(`warning: ${warning?.message ?? warning}`),
    on: noop,
    once: noop,
    off: noop,
    addListener: noop,
    removeListener: noop,
    removeAllListeners: noop,
    emit: () => false,
    listeners: () => [],
    listenerCount: () => 0,
    umask: () => 0o22,
  };
  kit.define("process", process);
});
