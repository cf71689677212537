// Serves one bundle: `node driver.mjs BUNDLE` prints its port, then answers requests until it is ended.
//
// The handler is found as the platform finds it (spec 8.5). Whatever goes wrong is answered with 500 and the stack.

import http from "node:http";
import { Readable } from "node:stream";
import { pathToFileURL } from "node:url";

const module = await import(pathToFileURL(process.argv[2]).href);
const entry = module.default;
const handler = typeof entry?.fetch === "function" ? (request) => entry.fetch(request) : entry;
if (typeof handler !== "function") {
  throw new Error("the default export is neither a function nor an object with a fetch method");
}
const upgrade = module.upgrade ?? entry.upgrade?.bind(entry);

function webRequest(incoming) {
  const hasBody = !["GET", "HEAD"].includes(incoming.method);
  return new Request(`http://${incoming.headers.host}${incoming.url}`, {
    method: incoming.method,
    headers: Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
    ...(hasBody && { body: Readable.toWeb(incoming), duplex: "half" }),
  });
}

const server = http.createServer(async (incoming, outgoing) => {
  try {
    const response = await handler(webRequest(incoming));
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    for await (const part of response.body ?? []) outgoing.write(part);
  } catch (error) {
    if (!outgoing.headersSent) outgoing.writeHead(500);
    outgoing.write(String(error?.stack ?? error));
  }
  outgoing.end();
});
if (upgrade) server.on("upgrade", upgrade);
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
