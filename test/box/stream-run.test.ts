import { describe, expect, it } from "vitest";
import { Box, type BoxError } from "../../src/box/index.ts";
import { ExecFrameType, encodeExecFrame, FRAMES_MEDIA_TYPE } from "../../src/box/wire.ts";
import { BOX, type Handler, sendJson, startPeer } from "./peer.ts";
import { bytes } from "./pieces.ts";

/** A command that prints "first" and then goes on without a word. */
const running: Handler = ({ path }, response) => {
  if (path === "/v2/box/box-1") return BOX;
  if (path.endsWith("/cancel")) return {};
  response.writeHead(200, { "content-type": FRAMES_MEDIA_TYPE });
  response.write(encodeExecFrame(ExecFrameType.Stdout, bytes("first")));
};

async function startStream(handler: Handler = running, options = {}) {
  const peer = await startPeer(handler);
  const box = await Box.get("box-1", peer.connection);
  return { peer, stream: await box.exec.stream("x", options) };
}

describe("leaving a stream early", () => {
  it("detaches: the connection is closed, the run is not cancelled", async () => {
    const { peer, stream } = await startStream();
    await using _ = peer;
    for await (const chunk of stream) {
      expect(chunk).toEqual({ type: "stdout", data: "first" });
      break;
    }
    expect(stream.status).toBe("detached");
    await peer.dropped;
    expect(peer.requests.filter(({ path }) => path.endsWith("/cancel"))).toEqual([]);
    const again = [];
    await expect(
      (async () => {
        for await (const chunk of stream) again.push(chunk);
      })(),
    ).rejects.toMatchObject({ code: "invalid_argument" });
  });

  it("detaches by an exception of the reader's own, which comes through as it is", async () => {
    const { peer, stream } = await startStream();
    await using _ = peer;
    const own = new Error("mine");
    const reading = (async () => {
      for await (const _chunk of stream) throw own;
    })();
    await expect(reading).rejects.toBe(own);
    expect(stream.status).toBe("detached");
    await peer.dropped;
  });

  it("detaches at the end of an `await using` block without reading", async () => {
    const { peer, stream } = await startStream();
    await using _ = peer;
    {
      await using inner = stream;
      expect(inner.status).toBe("running");
    }
    expect(stream.status).toBe("detached");
    await peer.dropped;
    for await (const _chunk of stream) expect.unreachable();
  });

  it("after the exit chunk leaves the status as it is", async () => {
    const { peer, stream } = await startStream((request, response) => {
      const answer = running(request, response);
      if (request.path.endsWith("/exec-stream")) {
        response.write(encodeExecFrame(ExecFrameType.Exit, bytes('{"exit_code":0}')));
      }
      return answer;
    });
    await using _ = peer;
    for await (const chunk of stream) if (chunk.type === "exit") break;
    expect(stream.status).toBe("completed");
  });

  it("can still be cancelled", async () => {
    const { peer, stream } = await startStream();
    await using _ = peer;
    for await (const _chunk of stream) break;
    await stream.cancel();
    expect(stream.status).toBe("cancelled");
    await peer.seen("/cancel");
  });
});

describe("cancel", () => {
  it("ends the loop that waits for more, without an error", async () => {
    const { peer, stream } = await startStream();
    await using _ = peer;
    const chunks: unknown[] = [];
    let cancelling: Promise<void> | undefined;
    for await (const chunk of stream) {
      chunks.push(chunk);
      cancelling = new Promise((resolve) => setTimeout(resolve, 20)).then(() => stream.cancel());
    }
    await cancelling;
    expect(chunks).toHaveLength(1);
    expect(stream.status).toBe("cancelled");
    expect((await peer.seen("/cancel")).path).toBe(`/v2/box/box-1/runs/${stream.id}/cancel`);
    await peer.dropped;
  });

  it("ends the loop that calls it", async () => {
    const { peer, stream } = await startStream();
    await using _ = peer;
    let count = 0;
    for await (const _chunk of stream) {
      count += 1;
      await stream.cancel();
    }
    expect(count).toBe(1);
    expect(stream.status).toBe("cancelled");
  });

  it("works before anything was read", async () => {
    const { peer, stream } = await startStream();
    await using _ = peer;
    await stream.cancel();
    for await (const _chunk of stream) expect.unreachable();
    expect(stream.status).toBe("cancelled");
    await peer.dropped;
  });

  it("says that the run may go on when the service cannot be asked", async () => {
    const { peer, stream } = await startStream((request, response) => {
      if (request.path.endsWith("/cancel")) sendJson(response, { error: "broken" }, 500);
      else return running(request, response);
    });
    await using _ = peer;
    await expect(stream.cancel()).rejects.toMatchObject({ code: "server_error" });
    expect(stream.status).toBe("detached");
  });
});

describe("a stream's limits", () => {
  it.each(["timeout", "aborted"])("end it when it is %s, and stop the run", async (how) => {
    const controller = new AbortController();
    const options = how === "timeout" ? { timeout: 80 } : { signal: controller.signal };
    const { peer, stream } = await startStream(running, options);
    await using _ = peer;
    const error = await (async () => {
      for await (const _chunk of stream) setTimeout(() => controller.abort(), 20);
    })().catch((reason: BoxError) => reason);
    expect(error).toMatchObject({ code: how, run: stream });
    expect(stream).toMatchObject({ status: "cancelled", stdout: "first" });
    await peer.seen("/cancel");
    await peer.dropped;
  });

  it("hold before the service has answered, too", async () => {
    const peer = await startPeer(({ path }) => {
      if (path === "/v2/box/box-1") return BOX;
      return path.endsWith("/cancel") ? {} : undefined;
    });
    await using _ = peer;
    const box = await Box.get("box-1", peer.connection);
    await expect(box.exec.stream("x", { timeout: 50 })).rejects.toMatchObject({ code: "timeout" });
    await peer.seen("/cancel");
  });

  it("end it cleanly at any moment", async () => {
    const peer = await startPeer(async (request, response) => {
      const answer = running(request, response);
      if (request.path.endsWith("/exec-stream")) {
        for (let count = 0; count < 10 && !response.destroyed; count++) {
          response.write(encodeExecFrame(ExecFrameType.Stdout, bytes("more")));
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
        if (!response.destroyed) response.destroy();
      }
      return answer;
    });
    await using _ = peer;
    const box = await Box.get("box-1", peer.connection);
    const moments = Array.from({ length: 150 }, (_, index) => index / 10);
    const codes = await Promise.all(
      moments.map(async (moment) => {
        const controller = new AbortController();
        setTimeout(() => controller.abort(), moment);
        try {
          const { signal } = controller;
          for await (const _chunk of await box.exec.stream("x", { signal }));
        } catch (error) {
          return (error as BoxError).code;
        }
      }),
    );
    expect(codes.every((code) => code === "aborted" || code === "network")).toBe(true);
    expect(codes).toContain("aborted");
  });

  it("leave no listener on the caller's signal", async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...given: Parameters<typeof add>) => {
      listeners += 1;
      add(...given);
    };
    signal.removeEventListener = (...given: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...given);
    };
    const { peer, stream } = await startStream(running, { signal });
    await using _ = peer;
    expect(listeners).toBe(1);
    for await (const _chunk of stream) break;
    expect(listeners).toBeLessThanOrEqual(0);
  });
});

describe("a connection that breaks", () => {
  it("is a network error that keeps what came", async () => {
    const { peer, stream } = await startStream((request, response) => {
      const answer = running(request, response);
      if (request.path.endsWith("/exec-stream")) setTimeout(() => response.destroy(), 50);
      return answer;
    });
    await using _ = peer;
    const error = await (async () => {
      for await (const _chunk of stream);
    })().catch((reason: BoxError) => reason);
    expect(error).toMatchObject({ code: "network", run: stream });
    expect((error as BoxError).cause).toBeInstanceOf(Error);
    expect(stream).toMatchObject({ status: "failed", stdout: "first" });
  });

  it("does not matter once the command has ended", async () => {
    const { peer, stream } = await startStream((request, response) => {
      const answer = running(request, response);
      if (request.path.endsWith("/exec-stream")) {
        response.write(encodeExecFrame(ExecFrameType.Exit, bytes('{"exit_code":0}')));
        setTimeout(() => response.destroy(), 50);
      }
      return answer;
    });
    await using _ = peer;
    for await (const _chunk of stream);
    expect(stream.status).toBe("completed");
  });

  it("is not waited for when the service forgets to end the answer", async () => {
    const { peer, stream } = await startStream((request, response) => {
      const answer = running(request, response);
      if (request.path.endsWith("/exec-stream")) {
        response.write(encodeExecFrame(ExecFrameType.Exit, bytes('{"exit_code":0}')));
      }
      return answer;
    });
    await using _ = peer;
    for await (const _chunk of stream);
    expect(stream.status).toBe("completed");
    await peer.dropped;
  });
});
