import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";

const server = new WebSocketServer({ noServer: true });

export default {
  fetch: (): Response => new Response("upgrade, please", { status: 426 }),
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    server.handleUpgrade(request, socket, head, (client) => {
      client.on("message", (message) => client.send(`${request.url} said ${message}`));
    });
  },
};
