import type { IncomingMessage } from "node:http";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import {
  Box,
  BoxError,
  type ConnectionOptions,
  type ExecSession,
  type ExecSessionOptions,
  type WebSocketConstructor,
} from "../../src/box/index.ts";
import type { ExecSessionClientFrame, ExecSessionServerFrame } from "../../src/box/wire.ts";
import { BOX, type Handler, type Peer, startPeer } from "./peer.ts";

/** The service's side of one session. */
interface Service {
  peer: Peer;
  socket: WebSocket;
  request: IncomingMessage;
  frames: ExecSessionClientFrame[];
  closed: number | undefined;
  send(...frames: ExecSessionServerFrame[]): void;
}

const base64 = (text: string) => Buffer.from(text).toString("base64");
const stdout = (text: string): ExecSessionServerFrame => ({ type: "stdout", data: base64(text) });
const STARTED: ExecSessionServerFrame = { type: "started", pid: 7, execId: "run-7" };

let service: Service;
let sessions = 0;
let rejections: unknown[];
const onRejection = (reason: unknown) => rejections.push(reason);
const peers: Peer[] = [];

beforeEach(() => {
  rejections = [];
  sessions = 0;
  process.on("unhandledRejection", onRejection);
});
afterEach(async () => {
  vi.useRealTimers();
  for (const peer of peers.splice(0)) await peer[Symbol.asyncDispose]();
  process.off("unhandledRejection", onRejection);
  expect(rejections).toEqual([]);
});

/** A box whose sessions the test speaks for; they begin with `first`. */
async function boxWith(
  first: ExecSessionServerFrame[] = [STARTED],
  connection: ConnectionOptions = {},
): Promise<Box> {
  const peer = await startPeer(
    () => BOX,
    (socket, request) => {
      service = {
        peer,
        socket,
        request,
        frames: [],
        closed: undefined,
        send: (...frames) => {
          for (const frame of frames) socket.send(JSON.stringify(frame));
        },
      };
      socket.on("close", (code) => {
        service.closed = code;
      });
      socket.on("message", (data) => {
        service.frames.push(JSON.parse(data.toString()));
        if (service.frames.length > 1) return;
        sessions++;
        service.send(...first);
      });
    },
  );
  peers.push(peer);
  return Box.get("box-1", { ...peer.connection, ...connection });
}

async function open(options: ExecSessionOptions = {}, connection?: ConnectionOptions) {
  const box = await boxWith([STARTED], connection);
  return box.exec.session({ cmd: "x", ...options, encoding: "utf8" });
}

async function read<Data extends string | Uint8Array>(session: ExecSession<Data>) {
  const chunks = [];
  for await (const chunk of session) chunks.push(chunk);
  return chunks;
}

const failure = (promise: Promise<unknown>): Promise<BoxError> =>
  promise.then(
    () => expect.unreachable("nothing failed"),
    (error: BoxError) => error,
  );

describe("exec.session", () => {
  it("sends the key in a header, and first what to start and where", async () => {
    const box = await boxWith();
    await box.exec.session({
      argv: ["sort", "-r"],
      cmd: "is not used with argv",
      tty: true,
      rows: 40,
      cols: 120,
      cwd: "sub",
      env: { NAME: "a=b" },
    });
    expect(service.request.headers["x-box-api-key"]).toBe("key-of-a-test");
    expect(service.request.url).toBe("/v2/box/box-1/exec-session");
    expect(service.frames).toEqual([
      {
        type: "start",
        argv: ["sort", "-r"],
        tty: true,
        rows: 40,
        cols: 120,
        cwd: "/workspace/home/sub",
        env: ["NAME=a=b"],
      },
    ]);
    await box.exec.session({ cmd: "ls", env: ["A=1", "B"] });
    expect(service.frames).toEqual([
      { type: "start", cmd: "ls", cwd: "/workspace/home", env: ["A=1", "B"] },
    ]);
  });

  it("hands out whole characters of both outputs, then the exit", async () => {
    const session = await open();
    expect([session.pid, session.execId, session.exitCode]).toEqual([7, "run-7", undefined]);
    const euro = Buffer.from("€");
    service.send(
      { type: "stdout", data: euro.subarray(0, 1).toString("base64") },
      { type: "stderr", data: base64("oops") },
      { type: "stdout", data: euro.subarray(1).toString("base64") },
      { type: "stdout", data: Buffer.from([0xe2]).toString("base64") },
      { type: "exit", code: 3 },
    );
    expect(await read(session)).toEqual([
      { type: "stderr", data: "oops" },
      { type: "stdout", data: "€" },
      { type: "stdout", data: "\ufffd" },
      { type: "exit", exitCode: 3 },
    ]);
    expect(await session.wait()).toBe(3);
    expect(session.exitCode).toBe(3);
    await expect.poll(() => service.closed).toBe(1000);
  });

  it("hands out bytes when it is asked to", async () => {
    const session = await (await boxWith()).exec.session({ cmd: "x", encoding: "bytes" });
    service.send({ type: "stdout", data: "/wA=" }, { type: "exit", code: 0 });
    const [chunk] = await read(session);
    expect(chunk).toMatchObject({ type: "stdout", data: Buffer.from([255, 0]) });
  });

  it("can be read on after a loop was left, by one loop at a time", async () => {
    const session = await open();
    service.send(stdout("login: "));
    for await (const chunk of session) {
      expect(chunk).toEqual({ type: "stdout", data: "login: " });
      expect(await failure(read(session))).toMatchObject({ code: "invalid_argument" });
      break;
    }
    void session.write("me\n");
    await expect.poll(() => service.frames[1]).toEqual({ type: "stdin", data: base64("me\n") });
    service.send(stdout("hello me"), { type: "exit", code: 0 });
    expect(await read(session)).toMatchObject([{ data: "hello me" }, { exitCode: 0 }]);
    expect(await read(session)).toEqual([]);
  });

  it("gives its output to functions instead", async () => {
    const told: string[] = [];
    const session = await open({
      onStdout: (data) => told.push(`out ${Buffer.from(data)}`),
      onStderr: (data) => told.push(`err ${Buffer.from(data)}`),
    });
    service.send(stdout("a"), { type: "stderr", data: base64("b") }, { type: "exit", code: 0 });
    expect(await session.wait()).toBe(0);
    expect(told).toEqual(["out a", "err b"]);
    expect(await read(session)).toEqual([{ type: "exit", exitCode: 0 }]);
  });

  it("fails, and hangs up, when the caller's function throws", async () => {
    const thrown = new Error("mine");
    const session = await open({
      onStdout: () => {
        throw thrown;
      },
    });
    service.send(stdout("a"));
    expect(await failure(session.wait())).toMatchObject({
      code: "invalid_argument",
      message: expect.stringContaining("onStdout"),
      cause: thrown,
    });
    await expect.poll(() => service.closed).toBe(1000);
  });

  it("sends input in order and in pieces, and its end after it", async () => {
    const session = await open();
    const much = "é".repeat(100_000);
    const written = [session.write(much), session.write(new Uint8Array([0, 255]))];
    session.endStdin();
    await Promise.all(written);
    await expect.poll(() => service.frames.at(-1)).toEqual({ type: "stdin_close" });
    const pieces = service.frames
      .slice(1, -1)
      .map((frame) => Buffer.from(frame.type === "stdin" ? frame.data : "", "base64"));
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(64 * 1024);
    expect(Buffer.concat(pieces)).toEqual(Buffer.from([...Buffer.from(much), 0, 255]));
  });

  it("lets a writer wait while the other side does not read, but not a signal's caller", async () => {
    const session = await open();
    service.socket.pause();
    let isTaken = false;
    const writing = session.write(new Uint8Array(32 * 1024 * 1024)).then(() => {
      isTaken = true;
    });
    await expect.poll(() => service.socket.isPaused && !isTaken).toBe(true);
    session.kill("INT");
    service.socket.resume();
    await writing;
    await expect
      .poll(() => service.frames.findIndex(({ type }) => type === "signal"))
      .toBeGreaterThan(0);
    const signalled = service.frames.findIndex(({ type }) => type === "signal");
    expect(signalled).toBeLessThan(service.frames.length - 1);
  });

  it("resizes, signals and terminates", async () => {
    const session = await open();
    session.resize(50, 160);
    session.kill();
    session.kill("SIGINT");
    session.terminate();
    session.terminate(1500.2);
    await expect
      .poll(() => service.frames.slice(1))
      .toEqual([
        { type: "resize", rows: 50, cols: 160 },
        { type: "signal", signal: "TERM" },
        { type: "signal", signal: "INT" },
        { type: "terminate" },
        { type: "terminate", graceMs: 1501 },
      ]);
  });

  it("refuses what it cannot send, before it sends anything", async () => {
    const box = await boxWith();
    for (const options of [{}, { cmd: "x", rows: 0 }, { cmd: "x", cols: 1.5 }]) {
      const error = await failure(box.exec.session(options));
      expect(error).toMatchObject({ code: "invalid_argument" });
    }
    const session = await box.exec.session({ cmd: "x" });
    expect(() => session.kill("STOP")).toThrow(/TERM, KILL, INT/);
    expect(() => session.resize(70_000, 1)).toThrow(/rows.*65535/);
    expect(service.frames).toHaveLength(1);
  });

  it("is over when it is closed, whatever the other side does", async () => {
    const session = await open();
    const reading = read(session);
    const waiting = session.wait();
    await session.close();
    expect(await reading).toEqual([]);
    expect(await waiting).toBe(-1);
    expect(session.exitCode).toBeUndefined();
    await expect.poll(() => service.closed).toBe(1000);
    await session.write("nobody reads this");
    session.kill();
    await session.close();

    // One that does not answer is cut.
    const other = await open();
    service.socket.pause();
    await other.close();
  });

  it.each([
    ["that is cut off", () => service.socket.terminate(), "network", /lost its connection/],
    ["that ends without an exit", () => service.socket.close(1001), "stream_ended", /runs/],
    ["with a last word", sayAndClose, "exec_failed", /The box has ended.*log/],
    ["that speaks something else", () => service.socket.send("{"), "protocol", /version/],
    ["with an exit that is none", () => service.socket.send('{"type":"exit"}'), "protocol", /./],
  ])("hands out what came of a session %s, then fails", async (_how, end, code, message) => {
    const session = await open();
    service.send(stdout("before"));
    const chunks: unknown[] = [];
    const error = await failure(
      (async () => {
        for await (const chunk of session) {
          chunks.push(chunk);
          end();
        }
      })(),
    );
    expect(chunks).toEqual([{ type: "stdout", data: "before" }]);
    expect(error).toBeInstanceOf(BoxError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(await failure(session.wait())).toBe(error);
    await expect.poll(() => service.closed).toBeDefined();
  });

  it("goes on after a complaint about one frame, and ignores frames that it does not know", async () => {
    const session = await open();
    service.send({ type: "error", message: "signal: TSTP may not be sent." });
    service.socket.send('{"type":"news"}');
    service.send(stdout("on"), { type: "exit", code: 0 });
    expect(await read(session)).toMatchObject([{ data: "on" }, { exitCode: 0 }]);
  });

  it("says why a program could not be started", async () => {
    const box = await boxWith([{ type: "error", message: "no-such: not found" }]);
    const opening = failure(box.exec.session({ argv: ["no-such"] }));
    await expect.poll(() => sessions).toBe(1);
    service.socket.close(1011);
    expect(await opening).toMatchObject({
      code: "exec_failed",
      message: expect.stringContaining("no-such"),
    });
  });

  it("says why the service did not take the session, with the status and the request's id", async () => {
    let isGone = false;
    const refuse: Handler = (_, response) => {
      if (!isGone) return BOX;
      response.writeHead(404, { "x-request-id": "request-9" });
      response.end('{"error":"no such box"}');
    };
    const peer = await startPeer(refuse);
    peers.push(peer);
    const box = await Box.get("box-1", peer.connection);
    isGone = true;
    expect(await failure(box.exec.session({ cmd: "x" }))).toMatchObject({
      code: "not_found",
      statusCode: 404,
      requestId: "request-9",
    });
    // The box is there, and sessions are not.
    isGone = false;
    expect(await failure(box.exec.session({ cmd: "x" }))).toMatchObject({
      code: "network",
      cause: expect.objectContaining({ message: expect.stringContaining("200") }),
    });
  });

  it.each(["before", "while it opens", "in the middle"])("can be aborted %s", async (when) => {
    const box = await boxWith(when === "while it opens" ? [] : [STARTED]);
    const controller = new AbortController();
    const reason = new Error("enough");
    if (when === "before") controller.abort(reason);
    const opening = box.exec.session({ cmd: "x", signal: controller.signal });
    if (when === "in the middle") {
      const session = await opening;
      controller.abort(reason);
      expect(await failure(read(session))).toMatchObject({ code: "aborted", cause: reason });
    } else {
      const error = failure(opening);
      if (when !== "before") await expect.poll(() => sessions).toBe(1);
      controller.abort(reason);
      expect(await error).toMatchObject({ code: "aborted", cause: reason });
    }
    if (when !== "before") await expect.poll(() => service.closed).toBeDefined();
  });

  it("has a limit for its start, and one for the whole when it is given one", async () => {
    const silent = await boxWith([]);
    const start = await failure(silent.exec.session({ cmd: "x", requestTimeout: 50 }));
    expect(start).toMatchObject({ code: "timeout", message: expect.stringContaining("50 ms") });
    const session = await open({ timeout: 300 });
    expect(await failure(session.wait())).toMatchObject({ code: "timeout" });
  });

  it("notices that the other side has gone without a word", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const session = await open();
    const waiting = failure(session.wait());
    const pinged = new Promise((resolve) => service.socket.once("ping", resolve));
    vi.advanceTimersByTime(15_000);
    await pinged;
    service.socket.pong();
    service.send(stdout("still here"));
    for await (const _ of session) break;
    vi.advanceTimersByTime(15_000);
    expect(service.closed).toBeUndefined();
    vi.advanceTimersByTime(15_000);
    expect(await waiting).toMatchObject({ code: "network", cause: "no answer to a ping" });
  });

  it("holds the other side up while nobody reads, and loses nothing", async () => {
    const session = await open();
    const block = base64("x".repeat(1024 * 1024));
    for (let index = 0; index < 64; index++) service.send({ type: "stdout", data: block });
    service.send({ type: "exit", code: 0 });
    await expect.poll(() => service.socket.bufferedAmount).toBeGreaterThan(0);
    const waiting = service.socket.bufferedAmount;
    await new Promise(setImmediate);
    expect(service.socket.bufferedAmount).toBe(waiting);
    let length = 0;
    for await (const chunk of session) if (chunk.type === "stdout") length += chunk.data.length;
    expect(length).toBe(64 * 1024 * 1024);
  });

  it("lets output go that nobody reads while its end is waited for", async () => {
    const session = await open();
    const waiting = session.wait();
    const block = base64("x".repeat(1024 * 1024));
    for (let index = 0; index < 16; index++) service.send({ type: "stdout", data: block });
    service.send({ type: "exit", code: 0 });
    expect(await waiting).toBe(0);
    expect(await failure(read(session))).toMatchObject({ code: "invalid_argument" });
  });

  it("takes a WebSocket of the caller's, which may have the standard's parts only", async () => {
    const own: WebSocketConstructor = class {
      readonly #socket: WebSocket;
      constructor(url: string, options: { headers: Record<string, string> }) {
        this.#socket = new WebSocket(url, options);
      }
      get readyState() {
        return this.#socket.readyState;
      }
      get bufferedAmount() {
        return this.#socket.bufferedAmount;
      }
      addEventListener: WebSocket["addEventListener"] = (...call) =>
        this.#socket.addEventListener(...call);
      send = (data: string) => this.#socket.send(data);
      close = (code?: number) => this.#socket.close(code);
    };
    const session = await open({}, { webSocket: own });
    service.send(stdout("hello"));
    for await (const _ of session) break;
    // Nothing can hold the other side up: there is an end to what is kept.
    const block = base64("x".repeat(1024 * 1024));
    for (let index = 0; index < 80; index++) service.send({ type: "stdout", data: block });
    expect(await failure(session.wait())).toMatchObject({ code: "response_too_large" });
  });

  it("says what to do where no WebSocket can send a header", async () => {
    const browsers: WebSocketConstructor = class {
      constructor() {
        throw new SyntaxError("The subprotocol '[object Object]' is invalid.");
      }
    } as never;
    const error = await failure(open({}, { webSocket: browsers }));
    expect(error).toMatchObject({
      code: "invalid_argument",
      message: expect.stringMatching(/header.*webSocket/),
    });
  });
});

function sayAndClose(): void {
  service.send({ type: "error", message: "The box has ended." });
  service.socket.close(1011);
}
