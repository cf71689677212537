// `console`: everything a policy prints goes to the one place the host names, line by line.
(function (kit, host) {
  "use strict";
  let margin = "";
  const counts = new Map();
  // The host prints a mebibyte and no more.
  const LONGEST = 2 ** 20;
  const print = (text) => host.call("print", (margin ? text.replace(/^/gm, margin) : text).slice(0, LONGEST));
  const log = (...values) => print(kit.format(values));

  const table = (data, columns) => {
    if (typeof data !== "object" || data === null) return log(data);
    const entries = data instanceof Map ? [...data] : Object.entries(data);
    const isRow = (row) => typeof row === "object" && row !== null;
    const names = columns ?? [...new Set(entries.flatMap(([, row]) => (isRow(row) ? Object.keys(row) : [])))];
    const plain = entries.some(([, row]) => !isRow(row));
    const head = ["(index)", ...names, ...(plain ? ["Values"] : [])];
    const lines = entries.map(([index, row]) => [
      String(index),
      ...names.map((name) => (isRow(row) && name in row ? kit.inspect(row[name], { depth: 0 }) : "")),
      ...(plain ? [isRow(row) ? "" : kit.inspect(row)] : []),
    ]);
    const widths = head.map((name, at) => Math.max(name.length, ...lines.map((line) => line[at].length)));
    const draw = (cells) => `| ${cells.map((cell, at) => cell.padEnd(widths[at])).join(" | ")} |`;
    print([draw(head), draw(widths.map((width) => "-".repeat(width))), ...lines.map(draw)].join("\n"));
  };

  kit.print = print;
  kit.define("console", {
    log,
    info: log,
    debug: log,
    warn: log,
    error: log,
    trace: (...values) => log("Trace:", ...values),
    dir: (value, options) => print(kit.inspect(value, options)),
    dirxml: log,
    table,
    assert: (condition, ...values) => {
      if (!condition) log(...(values.length ? ["Assertion failed:", ...values] : ["Assertion failed"]));
    },
    count: (label = "default") => {
      counts.set(label, (counts.get(label) ?? 0) + 1);
      print(`${label}: ${counts.get(label)}`);
    },
    countReset: (label = "default") => counts.delete(label),
    group: (...values) => {
      if (values.length) log(...values);
      margin += "  ";
    },
    groupCollapsed: (...values) => console.group(...values),
    groupEnd: () => {
      margin = margin.slice(2);
    },
    time: () => {},
    timeLog: (label = "default", ...values) => log(`${label}: 0ms`, ...values),
    timeEnd: (label = "default") => print(`${label}: 0ms`),
    clear: () => {},
  });
});
