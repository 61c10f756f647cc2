// A web server that tests put into a box: node web-program.mjs PORT [ADDRESS]
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { WebSocketServer } from "./ws/wrapper.mjs";

const [port, address] = process.argv.slice(2);
const listeners = new Set();
const say = (words) => process.stdout.write(`${words}\n`);

const routes = {
  /** What has arrived, as it was written. */
  async echo(request, response) {
    const hash = createHash("sha256");
    let bytes = 0;
    for await (const chunk of request) {
      bytes += chunk.length;
      hash.update(chunk);
    }
    const { method, url, rawHeaders, headers } = request;
    const seen = { method, url, headers, rawHeaders, bytes, sha256: hash.digest("hex"), port };
    response.setHeader("set-cookie", ["a=1", "b=2"]);
    response.setHeader("connection", "x-private");
    response.setHeader("x-private", "between the two of us");
    response.writeHead(201, { "content-type": "application/json" }).end(JSON.stringify(seen));
  },
  /** Bytes until the reader has enough. */
  async endless(_request, response) {
    response.on("close", () => say("endless closed"));
    const piece = Buffer.alloc(65_536, "x");
    let written = 0;
    while (!response.closed) {
      written += piece.length;
      if (!response.write(piece))
        await Promise.race([once(response, "drain"), once(response, "close")]);
      if (written % (piece.length * 16) === 0) say(`written ${written}`);
    }
  },
  /** An event for each tick, and none before. */
  events(_request, response) {
    response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
    listeners.add(response);
    response.on("close", () => {
      listeners.delete(response);
      say("events closed");
    });
  },
  tick(_request, response) {
    for (const listener of listeners) listener.write("data: tick\n\n");
    response.end("ok");
  },
  /** Answers without reading what it is sent. */
  early(_request, response) {
    response.writeHead(413).end("too much");
  },
  head(_request, response) {
    response.writeHead(200, { "content-length": "1234", etag: '"e"' }).end();
  },
  nothing(_request, response) {
    response.writeHead(204).end();
  },
  hang() {
    say("hanging");
  },
};

const server = createServer((request, response) => {
  const name = request.url.split(/[/?]/)[1];
  if (routes[name]) void routes[name](request, response);
  else response.writeHead(404).end(`no ${request.url}`);
});
const sockets = new WebSocketServer({ server, path: "/socket" });
sockets.on("connection", (socket, request) => {
  socket.send(JSON.stringify({ authorization: request.headers.authorization ?? null }));
  socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
  socket.on("close", (code) => say(`socket closed ${code}`));
});
server.listen(Number(port), address ?? "127.0.0.1", () => say("listening"));
