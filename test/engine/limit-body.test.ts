import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { limitBody } from "../../src/engine/limit-body.ts";
import { listen } from "../../src/host/listen.ts";

const LIMIT = 100;

/** An app that answers with the length of the body that it read. */
function limited(): Hono {
  const app = new Hono();
  app.use(
    limitBody(LIMIT, () => {
      throw new Error("too large");
    }),
  );
  app.onError((error, context) => context.text(error.message, 413));
  app.all("/", async (context) => context.text(String((await context.req.text()).length)));
  return app;
}

/** Sent in pieces, so that no length stands before it. */
function chunked(length: number): RequestInit {
  const body = new ReadableStream({
    start(controller) {
      for (let at = 0; at < length; at++) controller.enqueue(Buffer.from("x"));
      controller.close();
    },
  });
  return { method: "POST", body, duplex: "half" } as RequestInit;
}

describe("a body with a limit", () => {
  it.each([
    ["as long as the limit", { method: "POST", body: "x".repeat(LIMIT) }, 200, "100"],
    ["longer than the limit", { method: "POST", body: "x".repeat(LIMIT + 1) }, 413, "too large"],
    ["in pieces, as long as the limit", chunked(LIMIT), 200, "100"],
    ["in pieces, longer than the limit", chunked(LIMIT + 1), 413, "too large"],
    ["empty", { method: "POST" }, 200, "0"],
    ["of a GET, which has none", { method: "GET" }, 200, "0"],
  ])("%s", async (_name, init, status, text) => {
    const listener = await listen(limited().fetch, { host: "127.0.0.1", port: 0 });
    try {
      const response = await fetch(listener.url, init);
      expect([response.status, await response.text()]).toEqual([status, text]);
    } finally {
      await listener.close();
    }
  });

  it("holds without HTTP too, where no header tells the length", async () => {
    const request = new Request("http://engine/", { method: "POST", body: "x".repeat(LIMIT + 1) });
    expect((await limited().fetch(request)).status).toBe(413);
  });
});
