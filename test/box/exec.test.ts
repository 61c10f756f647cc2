import type { ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { Box, type BoxError } from "../../src/box/index.ts";
import { ExecFrameType, encodeExecFrame, FRAMES_MEDIA_TYPE } from "../../src/box/wire.ts";
import { BOX, type Handler, sendJson, startPeer } from "./peer.ts";
import { bytes } from "./pieces.ts";

async function boxWith(handler: Handler) {
  const peer = await startPeer((request, response) =>
    request.path === "/v2/box/box-1" ? BOX : handler(request, response),
  );
  return { peer, box: await Box.get("box-1", peer.connection) };
}

/** Cancellations are answered, everything else is the test's. */
function cancellable(handler: Handler): Handler {
  return (request, response) =>
    request.path.endsWith("/cancel") ? {} : handler(request, response);
}

describe("exec.command", () => {
  it.each([
    [
      "its output without the last newline",
      { exit_code: 0, output: "hello\n" },
      "hello",
      "completed",
    ],
    ["all other white space", { exit_code: 0, output: " a\n\n" }, " a\n", "completed"],
    ["no warnings", { exit_code: 0, output: "ok", error: "warning" }, "ok", "completed"],
    ["what went wrong", { exit_code: 2, output: "x", error: "bad\n" }, "bad", "failed"],
    ["the output of a silent failure", { exit_code: 1, output: "x\n", error: "" }, "x", "failed"],
    ["nothing", { exit_code: 1, output: "" }, "", "failed"],
  ])("has %s as its result", async (_, answer, result, status) => {
    const { peer, box } = await boxWith(() => answer);
    await using __ = peer;
    const run = await box.exec.command("echo hello");
    expect(run).toMatchObject({ result, status, exitCode: answer.exit_code });
    expect(run.stdout).toBe(answer.output);
    expect(run.cost).toMatchObject({ inputTokens: 0, outputTokens: 0, totalUsd: 0 });
    expect(run.cost.computeMs).toBeGreaterThanOrEqual(0);
    expect(run.truncated).toBe(false);
  });

  it("gives an argument list to no shell", async () => {
    const { peer, box } = await boxWith(() => ({ exit_code: 0, output: "" }));
    await using _ = peer;
    await box.exec.command(["printf", "%s", "$(id)"]);
    expect(peer.requests[1]?.body).toEqual({ command: ["printf", "%s", "$(id)"] });
  });

  it("takes the id that the service gave the run", async () => {
    const { peer, box } = await boxWith((_, response) => {
      response.setHeader("x-box-run-id", "run-9");
      return { exit_code: 0, output: "" };
    });
    await using _ = peer;
    const run = await box.exec.command("true");
    expect(run.id).toBe("run-9");
    expect(peer.requests[1]?.headers["x-box-run-id"]).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("can be cancelled afterwards, as the documentation has it", async () => {
    const { peer, box } = await boxWith(({ path }, response) => {
      if (path.endsWith("/exec")) return { exit_code: 0, output: "" };
      sendJson(response, { error: "run not found" }, 404);
    });
    await using _ = peer;
    const run = await box.exec.command("sleep 10");
    await run.cancel();
    expect(run.status).toBe("cancelled");
    expect(peer.requests.at(-1)?.path).toBe(`/v2/box/box-1/runs/${run.id}/cancel`);
  });

  it("keeps its status when the service cannot be asked to cancel it", async () => {
    const { peer, box } = await boxWith(({ path }, response) => {
      if (path.endsWith("/exec")) return { exit_code: 0, output: "" };
      sendJson(response, { error: "broken" }, 500);
    });
    await using _ = peer;
    const run = await box.exec.command("true");
    await expect(run.cancel()).rejects.toMatchObject({ code: "server_error" });
    expect(run.status).toBe("completed");
  });

  it("asks the service to stop what takes too long, or what the caller gives up", async () => {
    for (const how of ["timeout", "aborted"]) {
      const { peer, box } = await boxWith(cancellable(() => undefined));
      await using _ = peer;
      const controller = new AbortController();
      const options = how === "timeout" ? { timeout: 50 } : { signal: controller.signal };
      const command = box.exec.command("sleep 10", options).catch((error: BoxError) => error);
      const { headers } = await peer.seen("/exec");
      controller.abort();
      const error = (await command) as BoxError;
      expect(error).toMatchObject({ code: how, run: { status: "cancelled" } });
      const cancel = await peer.seen("/cancel");
      expect(cancel.path).toContain(String(headers["x-box-run-id"]));
    }
  });

  it("does not take an answer without an exit code for success", async () => {
    const { peer, box } = await boxWith(() => ({ output: "" }));
    await using _ = peer;
    await expect(box.exec.command("x")).rejects.toMatchObject({ code: "protocol" });
  });
});

function frames(response: ServerResponse, ...list: [ExecFrameType, string][]): void {
  if (!response.headersSent) response.writeHead(200, { "content-type": FRAMES_MEDIA_TYPE });
  response.flushHeaders();
  for (const [type, text] of list) response.write(encodeExecFrame(type, bytes(text)));
}

const { Stdout, Stderr, Exit, Error: ErrorFrame, KeepAlive } = ExecFrameType;

describe("exec.stream", () => {
  it("asks for frames first and for the original's text last", async () => {
    const { peer, box } = await boxWith((_, response) => frames(response));
    await using _ = peer;
    await using stream = await box.exec.stream("x", { folder: "a" });
    expect(stream.status).toBe("running");
    expect(peer.requests[1]?.headers.accept).toMatch(/^application\/vnd\.box\.frames.*text\/plain/);
    expect(peer.requests[1]?.body).toEqual({ command: ["sh", "-c", "x"], folder: "a" });
  });

  it("hands out the chunks and ends as the command did", async () => {
    const { peer, box } = await boxWith((_, response) => {
      frames(response, [KeepAlive, ""], [Stdout, "out\n"], [Stderr, "err\n"]);
      frames(response, [Exit, '{"exit_code":3,"cpu_ns":2500000}']);
      response.end();
    });
    await using _ = peer;
    const stream = await box.exec.stream("x");
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks).toEqual([
      { type: "stdout", data: "out\n" },
      { type: "stderr", data: "err\n" },
      { type: "exit", exitCode: 3, cpuNs: 2_500_000 },
    ]);
    expect(stream).toMatchObject({
      status: "failed",
      exitCode: 3,
      stdout: "out\n",
      stderr: "err\n",
      result: "err",
    });
    expect(stream.cost.computeMs).toBe(2.5);
    await stream.cancel();
    expect(stream.status).toBe("failed");
  });

  it("hands output out while the command runs", async () => {
    let finish = () => {};
    const { peer, box } = await boxWith((_, response) => {
      frames(response, [Stdout, "first"]);
      finish = () => {
        frames(response, [Exit, '{"exit_code":0}']);
        response.end();
      };
    });
    await using _ = peer;
    const stream = await box.exec.stream("x");
    for await (const chunk of stream) {
      if (chunk.type === "stdout") {
        expect(stream).toMatchObject({ status: "running", stdout: "first", result: "first" });
        finish();
      }
    }
    expect(stream.status).toBe("completed");
  });

  it("gives bytes when asked for bytes", async () => {
    const { peer, box } = await boxWith((_, response) => {
      response.writeHead(200, { "content-type": FRAMES_MEDIA_TYPE });
      response.write(encodeExecFrame(Stdout, Uint8Array.of(255, 0)));
      frames(response, [Exit, '{"exit_code":0}']);
      response.end();
    });
    await using _ = peer;
    const received: number[] = [];
    for await (const chunk of await box.exec.stream("x", { encoding: "bytes" })) {
      if (chunk.type === "stdout") received.push(...chunk.data);
    }
    expect(received).toEqual([255, 0]);
  });

  it("reads the original's text, cut where it used to lose the exit code", async () => {
    const { peer, box } = await boxWith(async (_, response) => {
      response.writeHead(200, { "content-type": "text/plain" });
      for (const part of ["out\nevent: ", 'exit\ndata: {"exit', '_code":5,"cpu_ns":1}\n', "\n"]) {
        response.write(part);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      response.end();
    });
    await using _ = peer;
    const stream = await box.exec.stream("x");
    for await (const _chunk of stream);
    expect(stream).toMatchObject({ status: "failed", exitCode: 5, stdout: "out\n" });
  });

  it.each([
    ["frames", FRAMES_MEDIA_TYPE, Buffer.from(encodeExecFrame(Stdout, bytes("some")))],
    ["text", "text/plain", Buffer.from("some")],
    ["lines", "application/x-ndjson", Buffer.from('{"type":"stdout","data":"c29tZQ=="}\n')],
  ])("fails when %s end without an exit code", async (_, type, body) => {
    const { peer, box } = await boxWith((_request, response) => {
      response.writeHead(200, { "content-type": type });
      response.end(body);
    });
    await using __ = peer;
    const stream = await box.exec.stream("x");
    const reading = (async () => {
      for await (const _chunk of stream);
    })();
    await expect(reading).rejects.toMatchObject({ code: "stream_ended", run: stream });
    expect(stream).toMatchObject({ status: "failed", stdout: "some", exitCode: undefined });
  });

  it("fails with what the service says, after the output before it", async () => {
    const { peer, box } = await boxWith((_, response) => {
      frames(response, [Stdout, "some"], [ErrorFrame, '{"error":"out of memory"}']);
      response.end();
    });
    await using _ = peer;
    const stream = await box.exec.stream("x");
    const chunks: unknown[] = [];
    const reading = (async () => {
      for await (const chunk of stream) chunks.push(chunk);
    })();
    await expect(reading).rejects.toMatchObject({
      code: "exec_failed",
      message: expect.stringContaining("out of memory"),
    });
    expect(chunks).toEqual([{ type: "stdout", data: "some" }]);
    expect(stream.status).toBe("failed");
  });

  it("keeps the end of output that is very long, and says so", async () => {
    const piece = "x".repeat(1024 * 1024);
    const { peer, box } = await boxWith(async (_, response) => {
      for (let count = 0; count < 40; count++) frames(response, [Stdout, piece]);
      frames(response, [Stdout, "the end\n"], [Exit, '{"exit_code":0}']);
      response.end();
    });
    await using _ = peer;
    const stream = await box.exec.stream("x");
    let length = 0;
    for await (const chunk of stream) if (chunk.type === "stdout") length += chunk.data.length;
    expect(length).toBe(40 * 1024 * 1024 + 8);
    expect(stream.truncated).toBe(true);
    expect(stream.stdout.length).toBe(16 * 1024 * 1024);
    expect(stream.stdout.endsWith("xthe end\n")).toBe(true);
  });

  it("throws before there is a stream when the service refuses", async () => {
    const { peer, box } = await boxWith((_, response) => sendJson(response, { error: "no" }, 404));
    await using _ = peer;
    await expect(box.exec.stream("x")).rejects.toMatchObject({ code: "not_found" });
  });
});
