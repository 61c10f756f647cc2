import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";
import type { Faults } from "./faults.ts";
import { isGitPath, serveGit } from "./git/smart-http.ts";
import type { InjectedFailures } from "./rest/injected-failures.ts";
import type { World } from "./world.ts";

/** The first segments of REST paths; everything else at the root is a web page. */
const REST_ROOTS = new Set([
  "api",
  "app",
  "graphql",
  "installation",
  "meta",
  "rate_limit",
  "logs",
  "repos",
  "user",
  "users",
]);

/** Binds a port of the loopback interface: nothing outside this machine can reach it. */
export async function listen(port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return server;
}

export function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Gives each request to git, to the REST API or to the web view. */
export function serve(
  server: Server,
  world: World,
  failures: InjectedFailures,
  faults: Faults,
  api: Hono,
  web: Hono,
): void {
  const listener = getRequestListener((request) => {
    const [, root = ""] = new URL(request.url).pathname.split("/");
    return (REST_ROOTS.has(root) ? api : web).fetch(request);
  });
  server.on("request", (incoming, outgoing) => {
    const path = new URL(incoming.url ?? "/", world.url).pathname;
    const isGit = isGitPath(path);
    const answer = () => {
      if (isGit) answerGit(incoming, outgoing, path);
      else void listener(incoming, outgoing);
    };
    // People can always look at the pages.
    const isPage = !isGit && !REST_ROOTS.has(path.split("/")[1] ?? "");
    if (isPage) answer();
    else void faults.pass(incoming, outgoing, path, answer);
  });

  function answerGit(incoming: IncomingMessage, outgoing: ServerResponse, path: string): void {
    const failure = failures.take(incoming.method ?? "", path);
    if (failure) {
      incoming.resume();
      outgoing.writeHead(failure.status, failure.headers).end(String(failure.body.message));
      return;
    }
    serveGit(world, incoming, outgoing).catch((error: Error) => {
      if (!outgoing.headersSent) outgoing.writeHead(500);
      outgoing.end(error.message);
    });
  }
}

export async function stop(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
