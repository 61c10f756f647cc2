import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Box, BoxError } from "../../src/box/index.ts";
import { BOX, sendJson, startPeer } from "./peer.ts";

/** What a promise rejects with, which has to be a BoxError. */
async function failure(promise: Promise<unknown>): Promise<BoxError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!BoxError.isInstance(error)) throw new Error(`no BoxError: ${String(error)}`);
  return error;
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("an answer that is not a success", () => {
  it.each([
    [400, "bad_request", "Correct the named value"],
    [401, "unauthorized", "Set UPSTASH_BOX_API_KEY or pass apiKey."],
    [403, "forbidden", "Use an API key"],
    [404, "not_found", "Check the id or name"],
    [409, "conflict", "try again"],
    [418, "request_failed", "UPSTASH_BOX_BASE_URL"],
    [429, "rate_limited", "Wait"],
    [500, "server_error", "Try again"],
    [503, "server_error", "Try again"],
  ])("%i becomes a BoxError with a code and a remedy", async (status, code, remedy) => {
    await using peer = await startPeer((_, response) => {
      response.setHeader("x-request-id", "request-7");
      sendJson(response, { error: "It is so.", code: "finer" }, status);
    });
    const error = await failure(Box.get("box-1", peer.connection));
    expect(error).toMatchObject({
      name: "BoxError",
      code,
      statusCode: status,
      requestId: "request-7",
      serverCode: "finer",
    });
    expect(error.message).toContain(`It is so (${status}, GET /v2/box/box-1)`);
    expect(error.message).toContain(remedy);
  });

  it.each([
    ["nothing", ""],
    ["a page", "<html>Bad Gateway</html>"],
    ["other JSON", "[1]"],
    ["null", "null"],
    ["an endless page", "x".repeat(1_000_000)],
  ])("says the status when the body is %s", async (_, body) => {
    await using peer = await startPeer((_request, response) => {
      response.writeHead(502);
      response.end(body);
    });
    const error = await failure(Box.list(peer.connection));
    expect(error.message).toContain("Request failed with status 502");
    expect(error.code).toBe("server_error");
  });

  it("is a redirect too: the key stays with the host it was meant for", async () => {
    await using elsewhere = await startPeer(() => BOX);
    await using peer = await startPeer((_, response) => {
      response.writeHead(302, { location: `${elsewhere.url}/v2/box/box-1` });
      response.end();
    });
    const error = await failure(Box.get("box-1", peer.connection));
    expect(error).toMatchObject({ code: "request_failed", statusCode: 302 });
    expect(elsewhere.requests).toEqual([]);
  });
});

describe("a success", () => {
  it("may be compressed", async () => {
    await using peer = await startPeer((_, response) => {
      response.writeHead(200, { "content-encoding": "gzip" });
      response.end(gzipSync(JSON.stringify(BOX)));
    });
    expect((await Box.get("box-1", peer.connection)).id).toBe("box-1");
  });

  it("may be empty where nothing is expected", async () => {
    await using peer = await startPeer((_, response) => {
      response.writeHead(204);
      response.end();
    });
    await Box.delete("box-1", peer.connection);
    expect(peer.requests).toMatchObject([{ method: "DELETE", body: { ids: ["box-1"] } }]);
  });

  it.each([
    ["a page", "<html></html>"],
    ["an empty body", ""],
    ["null", "null"],
    ["another shape", '{"id":3}'],
  ])("that is %s instead of a box is an error, not a broken box", async (_, body) => {
    await using peer = await startPeer((_request, response) => response.end(body));
    expect((await failure(Box.get("box-1", peer.connection))).code).toBe("protocol");
  });

  it("that never ends fills no memory, compressed or not", async () => {
    const piece = gzipSync(Buffer.alloc(16 * 1024 * 1024, " "));
    await using peer = await startPeer((_, response) => {
      response.writeHead(200, { "content-encoding": "gzip" });
      // Concatenated gzip members: half a gigabyte of blanks in half a megabyte.
      for (let count = 0; count < 32; count++) response.write(piece);
      response.end();
    });
    expect((await failure(Box.list(peer.connection))).code).toBe("response_too_large");
  });
});

describe("a connection", () => {
  it("that is refused is a network error with its cause", async () => {
    const peer = await startPeer(() => undefined);
    await peer[Symbol.asyncDispose]();
    const error = await failure(Box.list(peer.connection));
    expect(error.code).toBe("network");
    expect(error.message).toContain("ECONNREFUSED");
    expect(error.cause).toBeInstanceOf(Error);
  });

  it.each([
    ["before the status", ""],
    ["within the body", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"],
    ["within a chunk", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n40\r\n{"],
    ["after nonsense", "SMTP ready\r\n"],
  ])("that is reset %s is a network error", async (_, sent) => {
    const server = createServer((socket) => {
      socket.once("data", () => socket.write(sent, () => socket.destroy()));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const error = await failure(Box.list({ apiKey: "key-of-a-test", baseUrl }));
    expect(error.code).toBe("network");
    expect(error.cause).toBeInstanceOf(Error);
    server.close();
  });

  it("that is silent ends with the time given", async () => {
    await using peer = await startPeer(() => undefined);
    const error = await failure(Box.list({ ...peer.connection, timeout: 50 }));
    expect(error).toMatchObject({ code: "timeout" });
    expect(error.message).toContain("50 ms");
  });

  it("that stalls within the body ends with the time given", async () => {
    await using peer = await startPeer((_, response) => {
      response.writeHead(200);
      response.write("[");
    });
    expect((await failure(Box.list({ ...peer.connection, requestTimeout: 50 }))).code).toBe(
      "timeout",
    );
  });

  it("ends with the caller's signal: before, while it waits and within the body", async () => {
    const reason = new Error("enough");
    await using peer = await startPeer(({ query }, response) => {
      if (query.label !== "body") return;
      response.writeHead(200);
      response.write("[");
    });
    const before = AbortSignal.abort(reason);
    expect(await failure(Box.list({ ...peer.connection, signal: before }))).toMatchObject({
      code: "aborted",
      cause: reason,
    });
    expect(peer.requests).toEqual([]);
    for (const label of ["waiting", "body"]) {
      const controller = new AbortController();
      const listing = failure(Box.list({ ...peer.connection, label, signal: controller.signal }));
      await peer.seen("/box");
      controller.abort(reason);
      expect(await listing).toMatchObject({ code: "aborted", cause: reason });
    }
  });

  it("outlasts the five minutes of silence after which Node gives up", async () => {
    // Stands for the five minutes: a process-wide dispatcher with limits of 100 ms.
    const key = Symbol.for("undici.globalDispatcher.1");
    void Headers.name;
    const globals = globalThis as unknown as Record<symbol, { constructor: unknown }>;
    const original = globals[key] as { constructor: unknown };
    const Agent = original.constructor as new (options: object) => { constructor: unknown };
    globals[key] = new Agent({ headersTimeout: 100, bodyTimeout: 100 });
    try {
      await using peer = await startPeer((_, response) => {
        setTimeout(() => response.writeHead(200).write("["), 1500);
        setTimeout(() => response.end("]"), 3000);
      });
      expect(await Box.list(peer.connection)).toEqual([]);
    } finally {
      globals[key] = original;
    }
  });
});

describe("the connection's options", () => {
  it("come from the environment when they are not passed", async () => {
    await using peer = await startPeer(() => []);
    vi.stubEnv("UPSTASH_BOX_API_KEY", " key-from-environment ");
    vi.stubEnv("UPSTASH_BOX_BASE_URL", `${peer.url}//`);
    await Box.list();
    expect(peer.requests[0]).toMatchObject({
      path: "/v2/box",
      headers: { "x-box-api-key": "key-from-environment" },
    });
    await Box.list({ apiKey: "key-passed" });
    expect(peer.requests[1]?.headers["x-box-api-key"]).toBe("key-passed");
  });

  it("need a key", async () => {
    vi.stubEnv("UPSTASH_BOX_API_KEY", "");
    const error = await failure(Box.list());
    expect(error.code).toBe("missing_api_key");
    expect(error.message).toMatch(/Set UPSTASH_BOX_API_KEY or pass apiKey\.$/);
  });

  it("are refused without being repeated when the key cannot be one", async () => {
    const error = await failure(Box.list({ apiKey: "half of\na key" }));
    expect(error.code).toBe("invalid_argument");
    expect(`${error.message} ${String(error.cause)}`).not.toContain("half");
  });

  it.each(["", "localhost:1", "ftp://host", "http://", "http://[bad"])(
    "are refused when the address is %j",
    async (baseUrl) => {
      const given = { apiKey: "key-of-a-test", baseUrl };
      expect((await failure(Box.list(given))).code).toBe("invalid_argument");
    },
  );

  it("may bring a fetch of their own", async () => {
    const seen: string[] = [];
    const ownFetch: typeof fetch = async (input) => {
      seen.push(String(input));
      return new Response("[]");
    };
    await Box.list({ apiKey: "key-of-a-test", baseUrl: "https://box.test/", fetch: ownFetch });
    expect(seen).toEqual(["https://box.test/v2/box"]);
  });

  it("write what happens to standard error when debug is on, without the key", async () => {
    const lines: string[] = [];
    const spy = vi.spyOn(console, "error").mockImplementation((line) => lines.push(line));
    await using peer = await startPeer(() => []);
    await Box.list({ ...peer.connection, debug: true });
    spy.mockRestore();
    expect(lines).toEqual([expect.stringMatching(/^\[box\] GET \/v2\/box 200 \d+ ms$/)]);
  });
});

describe("BoxError.isInstance", () => {
  it("knows errors of another copy of the package by their mark", () => {
    expect(BoxError.isInstance({ [Symbol.for("box-action.BoxError")]: true })).toBe(true);
    for (const value of [new Error("x"), null, undefined, "x", {}]) {
      expect(BoxError.isInstance(value)).toBe(false);
    }
  });
});
