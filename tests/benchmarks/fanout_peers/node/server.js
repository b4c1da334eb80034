// The broadcast that the documentation of ws shows. usage: node server.js PORT BYTES; a datagram at UDP PORT publishes.
import { createSocket } from "node:dgram";
import { createServer } from "node:http";
import { WebSocket, WebSocketServer } from "ws";

const [port, bytes] = process.argv.slice(2).map(Number);
const server = createServer();
const wss = new WebSocketServer({ server, perMessageDeflate: false });
wss.on("connection", (client) => client.on("error", () => {}));

let version = 0;
const triggers = createSocket("udp4");
triggers.on("message", () => {
  version += 1;
  const bare = `{"epoch":"0123456789abcdef","since":${version - 1},"version":${version},"patch":{"fill":""}}`;
  const text = bare.slice(0, -3) + "x".repeat(bytes - bare.length) + bare.slice(-3);
  for (const client of wss.clients) {
    if (client.readyState === WebSocket.OPEN) client.send(text);
  }
});
triggers.bind(port, "127.0.0.1");
server.listen({ port, host: "127.0.0.1", backlog: 4096 });
