import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { Faults } from "../../dev/github/faults.ts";

/** Stands between an App and its engine, and lets a test hold what passes. */
export interface FaultProxy extends AsyncDisposable {
  url: string;
  /** A request's path begins with its job: `/job:0123456789ab/v2/box/…`. */
  faults: Faults;
}

export interface FaultProxyOptions {
  /** An engine, which may be down: its clients see that their connections are cut, as without a proxy. */
  target: string;
  /** Awaited before a job's box is made, so that what is to be held of it is known by then. */
  ready(job: string): Promise<void>;
}

export async function faultProxy({ target, ready }: FaultProxyOptions): Promise<FaultProxy> {
  const faults = new Faults();
  const jobs = new Map<string, string>();

  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const path = incoming.url ?? "/";
    const isCreate = incoming.method === "POST" && path === "/v2/box";
    const body = isCreate ? await buffer(incoming) : null;
    const label = body === null ? jobs.get(path.split("/")[3] ?? "") : labelOf(body);
    if (body !== null && label !== undefined) await ready(label.replace("job:", ""));
    const onAnswer = (answer: Buffer) => {
      if (label !== undefined) jobs.set(String(JSON.parse(answer.toString()).id), label);
    };
    await faults.pass(incoming, outgoing, `/${label}${path}`, () => {
      if (body === null) forward(target, incoming, outgoing);
      else forwardWhole(target, incoming, outgoing, body, onAnswer);
    });
  };

  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function labelOf(body: Buffer): string | undefined {
  return (JSON.parse(body.toString()) as { labels?: string[] }).labels?.[0];
}

function forward(target: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
  incoming.pipe(
    ask(target, incoming, outgoing, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    }),
  );
}

function forwardWhole(
  target: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  body: Buffer,
  onAnswer: (answer: Buffer) => void,
): void {
  const outer = ask(target, incoming, outgoing, async (answer) => {
    const whole = await buffer(answer).catch(() => null);
    if (whole === null) return void outgoing.destroy();
    onAnswer(whole);
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(whole);
  });
  outer.end(body);
}

function ask(
  target: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  onResponse: (answer: IncomingMessage) => void,
) {
  const { hostname, port } = new URL(target);
  const { method, url: path, headers } = incoming;
  const outer = request({ hostname, port, method, path, headers }, (answer) => {
    answer.on("error", () => outgoing.destroy());
    onResponse(answer);
  });
  outer.on("error", () => outgoing.destroy());
  outgoing.on("close", () => outer.destroy());
  return outer;
}
