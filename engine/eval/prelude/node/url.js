// `node:url`: the WHATWG classes and the conversions between file URLs and paths.
(function (kit) {
  "use strict";
  const fileURLToPath = (input) => {
    const url = kit.isUrl(input) ? input : new URL(input);
    if (url.protocol !== "file:") throw new TypeError("The URL must be of scheme file");
    if (url.hostname !== "") throw new TypeError("File URL host must be empty");
    if (/%2f/i.test(url.pathname)) throw new TypeError("File URL path must not include encoded / characters");
    return decodeURIComponent(url.pathname);
  };
  const pathToFileURL = (path) => {
    const resolved = kit.requireBuiltin("node:path").resolve(path);
    const whole = String(path).endsWith("/") && !resolved.endsWith("/") ? `${resolved}/` : resolved;
    const escaped = whole.replace(/[%\\\n\r\t?#]/g, (char) => "%" + char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0"));
    return new URL(`file://${escaped}`);
  };
  return {
    URL,
    URLSearchParams,
    fileURLToPath,
    pathToFileURL,
    format: (url) => String(url?.href ?? url),
    urlToHttpOptions: (url) => ({
      protocol: url.protocol,
      hostname: url.hostname,
      hash: url.hash,
      search: url.search,
      pathname: url.pathname,
      path: url.pathname + url.search,
      href: url.href,
    }),
    parse: kit.absent("url.parse is not available to a policy; use new URL(...)"),
    resolve: (from, to) => new URL(to, from).href,
  };
});
