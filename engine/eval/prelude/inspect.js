// Text for people from any value, in the manner of Node's `util.inspect` and `util.format`.
(function (kit, host) {
  "use strict";
  const WIDTH = 72;
  const ITEMS = 100;

  const quote = (text) => {
    const mark = !text.includes("'") ? "'" : !text.includes('"') ? '"' : "`";
    const plain = text.replace(/[\\\n\r\t]/g, (c) => ({ "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" })[c]);
    return mark + plain.replaceAll(mark, "\\" + mark) + mark;
  };

  const primitive = (value, top) => {
    if (typeof value === "string") return top ? value : quote(value);
    if (typeof value === "bigint") return `${value}n`;
    if (Object.is(value, -0)) return "-0";
    return String(value);
  };

  const functionName = (value) => {
    const name = typeof value.name === "string" && value.name ? `: ${value.name}` : " (anonymous)";
    if (/^class\b/.test(Function.prototype.toString.call(value))) return `[class${name.replace(/^:/, "")}]`;
    return `[Function${name}]`;
  };

  const className = (value) => {
    const prototype = Object.getPrototypeOf(value);
    if (prototype === null) return "[Object: null prototype]";
    const { constructor } = prototype;
    return typeof constructor === "function" && constructor.name ? constructor.name : "Object";
  };

  const join = (open, parts, close, indent) => {
    if (parts.length === 0) return open + close;
    const length = parts.reduce((sum, part) => sum + part.length + 2, open.length);
    if (length + indent <= WIDTH && !parts.some((part) => part.includes("\n"))) return `${open} ${parts.join(", ")} ${close}`;
    const margin = " ".repeat(indent + 2);
    return `${open}\n${margin}${parts.join(`,\n${margin}`)}\n${" ".repeat(indent)}${close}`;
  };

  const limited = (values, show) => {
    const parts = [];
    for (const value of values) {
      if (parts.length === ITEMS) {
        parts.push("... more items");
        break;
      }
      parts.push(show(value));
    }
    return parts;
  };

  const properties = (value, show) =>
    Object.keys(value)
      .filter((key) => !(Array.isArray(value) && /^\d+$/.test(key)))
      .map((key) => {
        const { get, set, value: own } = Object.getOwnPropertyDescriptor(value, key);
        const text = get ? (set ? "[Getter/Setter]" : "[Getter]") : set ? "[Setter]" : show(own);
        return `${/^[A-Za-z_$][\w$]*$/.test(key) ? key : quote(key)}: ${text}`;
      });

  const nested = (value, kind, context, indent, depth) => {
    const show = (inner) => write(inner, context, indent + 2, depth + 1);
    if (Array.isArray(value)) return join("[", limited(value, show).concat(properties(value, show)), "]", indent);
    if (kind === "a Map") {
      const entries = limited(value, ([key, inner]) => `${show(key)} => ${show(inner)}`);
      return join(`Map(${value.size}) {`, entries, "}", indent);
    }
    if (kind === "a Set") return join(`Set(${value.size}) {`, limited(value, show), "}", indent);
    if (ArrayBuffer.isView(value) && typeof value.length === "number") {
      return join(`${className(value)}(${value.length}) [`, limited(value, show), "]", indent);
    }
    const name = className(value);
    return join(name === "Object" ? "{" : `${name} {`, properties(value, show), "}", indent);
  };

  const write = (value, context, indent, depth) => {
    if (typeof value === "function") return functionName(value);
    if (typeof value === "symbol") return value.toString();
    if (typeof value !== "object" || value === null) return primitive(value, false);
    const kind = kit.kind(value);
    if (kind === "a Date") return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
    if (kind === "a RegExp") return String(value);
    if (kind === "an Error") return depth === 0 ? `${value.name}: ${value.message}` : `[${value.name}: ${value.message}]`;
    if (kind === "a promise") return "Promise { ... }";
    if (kind === "a Proxy") return "[Proxy]";
    if (kind === "a URL") return `URL ${quote(value.href)}`;
    if (context.parents.includes(value)) return "[Circular *1]";
    if (depth > context.depth) return Array.isArray(value) ? "[Array]" : `[${className(value)}]`;
    context.parents.push(value);
    const text = nested(value, kind, context, indent, depth);
    context.parents.pop();
    return text;
  };

  kit.inspect = (value, options) => {
    const depth = options && "depth" in options ? (options.depth ?? Infinity) : 2;
    return write(value, { depth, parents: [] }, 0, 0);
  };

  const directive = (letter, value) => {
    switch (letter) {
      case "s":
        return typeof value === "object" && value !== null ? kit.inspect(value, { depth: 0 }) : primitive(value, true);
      case "d":
      case "i": {
        if (typeof value === "object") return "NaN";
        const number = letter === "i" ? parseInt(value, 10) : Number(value);
        return primitive(number, true);
      }
      case "f":
        return String(parseFloat(value));
      case "j":
        return JSON.stringify(value) ?? "undefined";
      case "c":
        return "";
      default:
        return kit.inspect(value, { depth: 4 });
    }
  };

  kit.format = (values) => {
    let rest = values;
    let text = "";
    if (typeof values[0] === "string") {
      let used = 1;
      text = values[0].replace(/%([sdifjoOc%])/g, (whole, letter) => {
        if (letter === "%") return values.length > 1 ? "%" : whole;
        return used < values.length ? directive(letter, values[used++]) : whole;
      });
      rest = values.slice(used);
      if (rest.length > 0) text += " ";
    }
    return text + rest.map((value) => (typeof value === "string" ? value : kit.inspect(value))).join(" ");
  };
});
