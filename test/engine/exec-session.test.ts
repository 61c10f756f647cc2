import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { Box } from "../../src/box/index.ts";
import type { ExecSessionClientFrame, ExecSessionServerFrame } from "../../src/box/wire.ts";
import { type TestEngine, testEngine } from "../support/test-engine.ts";

let host: TestEngine;
let box: Box;
beforeAll(async () => {
  host = await testEngine();
  box = await host.box({ name: "by-name", env: { GREETING: "hallo" } });
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  expect(host.errors).toEqual([]);
});

type Start = Omit<Extract<ExecSessionClientFrame, { type: "start" }>, "type">;

/** A client of one session, with what it has heard so far. */
async function session(start?: Start, id = box.id) {
  const url = `${host.baseUrl.replace("http", "ws")}/v2/box/${id}/exec-session`;
  const socket = new WebSocket(url, { headers: { "x-box-api-key": host.apiKey } });
  const frames: ExecSessionServerFrame[] = [];
  socket.on("message", (data) => frames.push(JSON.parse(data.toString())));
  const closed = once(socket, "close").then(([code]) => code as number);
  await once(socket, "open");
  const send = (frame: ExecSessionClientFrame) => socket.send(JSON.stringify(frame));
  if (start !== undefined) send({ type: "start", ...start });
  const text = (type: "stdout" | "stderr") =>
    frames.map((frame) => (frame.type === type ? Buffer.from(frame.data, "base64") : "")).join("");
  return {
    socket,
    frames,
    closed,
    send,
    type: (input: string) => send({ type: "stdin", data: Buffer.from(input).toString("base64") }),
    text,
    said: (words: string | RegExp) => expect.poll(() => text("stdout")).toMatch(words),
    last: () => frames.at(-1),
  };
}

describe("exec-session", () => {
  it("runs a program with its input, and tells its output apart, its pid and its exit", async () => {
    const shell = await session({ argv: ["sh", "-c", "cat; echo oops >&2; exit 3"] }, "by-name");
    shell.type("one\n");
    await shell.said("one");
    shell.type("two\n");
    shell.send({ type: "stdin_close" });
    expect(await shell.closed).toBe(1000);
    expect(shell.frames[0]).toMatchObject({
      type: "started",
      pid: expect.any(Number),
      execId: expect.any(String),
    });
    expect([shell.text("stdout"), shell.text("stderr")]).toEqual(["one\ntwo\n", "oops\n"]);
    expect(shell.last()).toEqual({ type: "exit", code: 3 });
  });

  it("runs a line in a login shell of bash, in the folder, with the variables that may be set", async () => {
    await box.exec.command("mkdir -p 'sub folder'");
    const shell = await session({
      cmd: 'shopt -q login_shell && echo "$BASH_VERSION|$PWD|$GREETING|$MINE|$LD_PRELOAD|$HOME"',
      cwd: "sub folder",
      env: ["MINE=a=b", "LD_PRELOAD=/evil.so", "HOME=/", "no equals"],
    });
    expect(await shell.closed).toBe(1000);
    expect(shell.text("stdout")).toMatch(
      /^5\.\S+\|\/workspace\/home\/sub folder\|hallo\|a=b\|\|\/home\/boxuser\n$/,
    );
  });

  it("gives a terminal with a size that follows the client's", async () => {
    const shell = await session({ cmd: "bash --norc -i", tty: true, rows: 30, cols: 100 });
    shell.type("tty; stty size\n");
    await shell.said(/\/dev\/pts\/\d+\r\n30 100/);
    shell.send({ type: "resize", rows: 40, cols: 132 });
    shell.type("stty size; ls /nowhere; exit 4\n");
    expect(await shell.closed).toBe(1000);
    expect(shell.text("stdout")).toMatch(/40 132[\s\S]*No such file/);
    expect(shell.frames.some(({ type }) => type === "stderr")).toBe(false);
    expect(shell.last()).toEqual({ type: "exit", code: 4 });
  });

  it("passes on the signals that are allowed, and says which is not", async () => {
    const script =
      "trap 'echo interrupted' INT; trap 'exit 9' USR1; echo ready; while :; do sleep 0.05; done";
    const shell = await session({ argv: ["sh", "-c", script] });
    await shell.said("ready");
    shell.send({ type: "signal", signal: "STOP" });
    shell.send({ type: "signal", signal: "SIGINT" });
    await shell.said("interrupted");
    expect(shell.frames).toContainEqual({
      type: "error",
      message: expect.stringContaining("STOP"),
    });
    shell.send({ type: "signal", signal: "USR1" });
    await shell.closed;
    expect(shell.last()).toEqual({ type: "exit", code: 9 });
  });

  it("terminates a program, by force when it will not", async () => {
    const shell = await session({
      argv: ["sh", "-c", "trap '' TERM; echo on; while :; do sleep 1; done"],
    });
    await shell.said("on");
    shell.send({ type: "terminate", graceMs: 100 });
    await shell.closed;
    expect(shell.last()).toEqual({ type: "exit", code: 137 });
  });

  it("ends the whole process tree when the client goes, and records the run", async () => {
    const shell = await session({ argv: ["sh", "-c", "sleep 1000 & echo $!; wait"] });
    await shell.said(/\d+\n/);
    const child = shell.text("stdout").trim();
    const { execId } = shell.frames[0] as Extract<ExecSessionServerFrame, { type: "started" }>;
    shell.socket.terminate();
    await expect
      .poll(async () => (await host.request(`/${box.id}/runs/${execId}`)).json())
      .toMatchObject({
        type: "shell",
        status: "cancelled",
        prompt: expect.stringContaining("sleep 1000"),
      });
    expect((await box.exec.command(`kill -0 ${child}`)).exitCode).not.toBe(0);
  });

  it("holds a program up whose output nobody reads, and input that no program reads", async () => {
    const shell = await session({ argv: ["sh", "-c", "yes & echo $! > yes.pid; wait"] });
    shell.socket.pause();
    const used = async () =>
      (await box.exec.command("cut -d' ' -f14,15 /proc/$(cat yes.pid)/stat")).result;
    // It stands still: between two looks no processor time is used.
    await expect
      .poll(
        async () => {
          const before = await used();
          await box.exec.command("sleep 0.2");
          return before !== "" && before === (await used());
        },
        { timeout: 20_000 },
      )
      .toBe(true);
    shell.socket.terminate();

    const sleeper = await session({ argv: ["sleep", "1000"] });
    const block = Buffer.alloc(1024 * 1024).toString("base64");
    const before = process.memoryUsage().arrayBuffers;
    for (let index = 0; index < 40; index++) sleeper.send({ type: "stdin", data: block });
    await expect.poll(() => sleeper.socket.bufferedAmount).toBeGreaterThan(10_000_000);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200_000_000);
    sleeper.socket.terminate();
  });

  it("carries much output whole", async () => {
    const shell = await session({ argv: ["seq", "1", "300000"] });
    await shell.closed;
    expect(shell.text("stdout").length).toBe(1_988_895);
    expect(shell.last()).toEqual({ type: "exit", code: 0 });
  });

  it.each([
    ["what is no JSON", "{", /JSON/],
    ["an unknown frame", '{"type":"dance"}', /type/],
    ["input before the start", '{"type":"stdin","data":""}', /first frame/],
    ["bytes", Buffer.from([1, 2]), /text/],
    ["a size that no terminal has", '{"type":"start","cmd":"true","rows":0}', /rows/],
  ])("answers %s with an error and closes", async (_what, frame, message) => {
    const shell = await session();
    shell.socket.send(frame);
    expect(await shell.closed).toBe(1008);
    expect(shell.frames).toEqual([{ type: "error", message: expect.stringMatching(message) }]);
  });

  it.each([
    ["neither argv nor cmd", {}, /argv or cmd/],
    ["a program that is not there", { argv: ["no-such-program"] }, /no-such-program/],
    ["a folder that is not there", { cmd: "true", cwd: "nowhere" }, /nowhere/],
  ])("says what is wrong with %s", async (_what, start, message) => {
    const shell = await session(start);
    expect(await shell.closed).toBe(1011);
    expect(shell.frames).toEqual([{ type: "error", message: expect.stringMatching(message) }]);
  });

  it.each([
    ["a wrong key", () => `/v2/box/${box.id}/exec-session`, "wrong", 401],
    ["an unknown box", () => "/v2/box/nobody/exec-session", undefined, 404],
    ["another path", () => `/v2/box/${box.id}/exec`, undefined, 404],
    ["a path that is not encoded right", () => "/v2/box/%ff/exec-session", undefined, 404],
  ])("answers %s in HTTP", async (_what, path, key, status) => {
    const url = `${host.baseUrl.replace("http", "ws")}${path()}`;
    const socket = new WebSocket(url, { headers: { "x-box-api-key": key ?? host.apiKey } });
    const [, response] = await once(socket, "unexpected-response");
    expect(response.statusCode).toBe(status);
    let body = "";
    for await (const chunk of response) body += chunk;
    expect(JSON.parse(body)).toMatchObject({ error: expect.any(String), code: expect.any(String) });
  });

  it("is ended by the end of the box and of the engine, with a last word", async () => {
    const other = await testEngine();
    const its = await other.box();
    const url = `${other.baseUrl.replace("http", "ws")}/v2/box/${its.id}/exec-session`;
    const socket = new WebSocket(url, { headers: { "x-box-api-key": other.apiKey } });
    const frames: ExecSessionServerFrame[] = [];
    socket.on("message", (data) => frames.push(JSON.parse(data.toString())));
    await once(socket, "open");
    socket.send(JSON.stringify({ type: "start", argv: ["sleep", "1000"] }));
    await expect.poll(() => frames.length).toBe(1);
    const closed = once(socket, "close");
    await other[Symbol.asyncDispose]();
    await closed;
    expect(frames.at(-1)?.type).toMatch(/error|exit/);
    expect(other.errors).toEqual([]);
  });
});
