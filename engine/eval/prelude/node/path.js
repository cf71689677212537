// `node:path`, POSIX only.
(function (kit) {
  "use strict";
  const check = (path, name = "path") => {
    if (typeof path !== "string") throw new TypeError(`The "${name}" argument must be of type string`);
    return path;
  };
  const isAbsolute = (path) => check(path).startsWith("/");

  const squeeze = (path, absolute) => {
    const kept = [];
    for (const part of path.split("/")) {
      if (part === "" || part === ".") continue;
      if (part === ".." && kept.length > 0 && kept.at(-1) !== "..") kept.pop();
      else if (part !== ".." || !absolute) kept.push(part);
    }
    return kept.join("/");
  };

  const normalize = (path) => {
    if (check(path) === "") return ".";
    const absolute = isAbsolute(path);
    let kept = squeeze(path, absolute);
    if (kept === "" && !absolute) kept = ".";
    if (kept !== "" && path.endsWith("/")) kept += "/";
    return absolute ? `/${kept}` : kept;
  };

  const join = (...parts) => {
    const joined = parts.filter((part) => check(part) !== "").join("/");
    return joined === "" ? "." : normalize(joined);
  };

  const resolve = (...parts) => {
    let path = "";
    for (const part of parts.toReversed()) {
      path = check(part) === "" ? path : path === "" ? part : `${part}/${path}`;
      if (path.startsWith("/")) break;
    }
    if (!path.startsWith("/")) path = `${kit.facts.root}/${path}`;
    return `/${squeeze(path, true)}`;
  };

  const trimmed = (path) => (path.length > 1 ? path.replace(/(?<=[^/])\/+$/, "") : path);

  const dirname = (path) => {
    const whole = trimmed(check(path));
    const cut = whole.lastIndexOf("/");
    if (cut < 0) return ".";
    return cut === 0 ? "/" : whole.slice(0, cut).replace(/(?<=[^/])\/+$/, "");
  };

  const basename = (path, suffix) => {
    const whole = trimmed(check(path));
    const base = whole === "/" ? "" : whole.slice(whole.lastIndexOf("/") + 1);
    return suffix !== undefined && base !== suffix && base.endsWith(suffix) ? base.slice(0, -suffix.length) : base;
  };

  const extname = (path) => {
    const base = basename(path);
    const cut = base.lastIndexOf(".");
    return cut <= 0 || /^\.+$/.test(base) ? (cut > 0 && !/^\.+$/.test(base) ? base.slice(cut) : "") : base.slice(cut);
  };

  const relative = (from, to) => {
    const start = resolve(from).split("/").filter(Boolean);
    const end = resolve(to).split("/").filter(Boolean);
    let shared = 0;
    while (shared < start.length && shared < end.length && start[shared] === end[shared]) shared++;
    return [...start.slice(shared).map(() => ".."), ...end.slice(shared)].join("/");
  };

  const parse = (path) => {
    const base = basename(path);
    const ext = extname(base);
    const root = isAbsolute(path) ? "/" : "";
    const dir = path.includes("/") ? dirname(path) : "";
    return { root, dir: base === "" ? root : dir, base, ext, name: ext ? base.slice(0, -ext.length) : base };
  };

  const format = ({ root = "", dir, base, name = "", ext = "" }) => {
    const last = base ?? name + (ext && !ext.startsWith(".") ? `.${ext}` : ext);
    if (!dir) return root + last;
    return dir === root ? dir + last : `${dir}/${last}`;
  };

  const path = {
    basename,
    delimiter: ":",
    dirname,
    extname,
    format,
    isAbsolute,
    join,
    normalize,
    parse,
    relative,
    resolve,
    sep: "/",
    toNamespacedPath: (value) => value,
    matchesGlob: kit.absent("path.matchesGlob is not available to a policy"),
  };
  path.posix = path;
  path.win32 = { ...path, join: kit.absent("path.win32 is not available to a policy") };
  return path;
});
