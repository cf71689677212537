// `node:fs` and its promises: reading, inside the repository. The host decides what may be read.
(function (kit, host) {
  "use strict";
  const WRITES = `appendFile chmod chown copyFile cp createWriteStream fchmod fchown fsync ftruncate futimes lchmod lchown
    link lutimes mkdir mkdtemp open rename rm rmdir symlink truncate unlink utimes write writeFile writev`;
  const MISSING = "createReadStream openAsBlob opendir read readlink readv statfs watch watchFile unwatchFile glob";

  const named = (path) => {
    if (typeof path === "string") return path;
    if (kit.isUrl(path)) return kit.requireBuiltin("node:url").fileURLToPath(path);
    if (path instanceof Uint8Array) return kit.utf8Decode(path);
    throw new TypeError('The "path" argument must be of type string or an instance of Buffer or URL.');
  };

  class Entry {
    #kind;
    constructor(kind) {
      this.#kind = kind;
    }
    isFile() {
      return this.#kind === "f";
    }
    isDirectory() {
      return this.#kind === "d";
    }
    isSymbolicLink() {
      return this.#kind === "l";
    }
    isFIFO() {
      return false;
    }
    isSocket() {
      return false;
    }
    isBlockDevice() {
      return false;
    }
    isCharacterDevice() {
      return false;
    }
  }
  class Dirent extends Entry {
    constructor(kind, name, parentPath) {
      super(kind);
      this.name = name;
      this.parentPath = parentPath;
    }
  }
  class Stats extends Entry {
    constructor(kind, size) {
      super(kind);
      this.size = size;
    }
  }

  const isMissing = (error) => error.code === "ENOENT" || error.code === "ENOTDIR";
  const statOf = (operation) => (path, options) => {
    try {
      const found = host.call(operation, named(path));
      return new Stats(found[0], Number(found.slice(1)));
    } catch (error) {
      if (options?.throwIfNoEntry === false && isMissing(error)) return undefined;
      throw error;
    }
  };

  const list = (path, options, prefix = "") => {
    const base = named(path);
    const found = host.call("fs.list", prefix ? `${base}/${prefix}` : base);
    const entries = [];
    for (const line of found === "" ? [] : found.split("\0")) {
      const name = prefix + line.slice(1);
      if (options?.withFileTypes) entries.push(new Dirent(line[0], line.slice(1), prefix ? `${base}/${prefix.slice(0, -1)}` : base));
      else entries.push(name);
      if (options?.recursive && line[0] === "d") entries.push(...list(path, options, `${name}/`));
    }
    return entries;
  };

  const sync = {
    readFile: (path, options) => {
      const encoding = typeof options === "string" ? options : options?.encoding;
      if (encoding === "utf8" || encoding === "utf-8") return host.call("fs.text", named(path));
      const bytes = kit.latin1Bytes(host.call("fs.read", named(path)));
      const buffer = Buffer.from(bytes.buffer);
      return encoding && encoding !== "buffer" ? buffer.toString(encoding) : buffer;
    },
    stat: statOf("fs.stat"),
    lstat: statOf("fs.lstat"),
    readdir: (path, options) => list(path, options),
    realpath: (path) => host.call("fs.real", named(path)),
    access: (path, mode = 0) => {
      if (mode & 2) throw kit.refusal("the file system is read-only for a policy");
      host.call("fs.stat", named(path));
    },
  };

  const existsSync = (path) => {
    try {
      host.call("fs.stat", named(path));
      return true;
    } catch {
      return false;
    }
  };

  const constants = Object.freeze({ F_OK: 0, R_OK: 4, W_OK: 2, X_OK: 1 });
  const fs = { constants, existsSync, Dirent, Stats, ...constants };
  const promises = { constants };
  for (const [name, call] of Object.entries(sync)) {
    fs[`${name}Sync`] = call;
    promises[name] = async (...values) => call(...values);
    fs[name] = (...values) => {
      const callback = values.pop();
      promises[name](...values).then((result) => callback(null, result), callback);
    };
  }
  fs.exists = (path, callback) => kit.later(() => callback(existsSync(path)));
  for (const name of WRITES.trim().split(/\s+/)) {
    const refuse = kit.absent(`fs.${name} is not available: the file system is read-only for a policy`);
    fs[name] = refuse;
    if (!name.startsWith("create")) fs[`${name}Sync`] = refuse;
    promises[name] = async () => refuse();
  }
  for (const name of MISSING.split(" ")) {
    fs[name] = kit.absent(`fs.${name} is not available to a policy`);
    fs[`${name}Sync`] = fs[name];
    promises[name] = async () => fs[name]();
  }
  fs.promises = promises;
  return fs;
});
