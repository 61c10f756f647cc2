import { Hono } from "hono";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { EngineError } from "../../src/engine/engine-error.ts";
import { patientJson } from "../../src/engine/routes/patient-json.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "setInterval", "clearTimeout", "clearInterval"] });
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

/** An answer to what is resolved or rejected by hand. */
function asked() {
  let settle = { resolve: (_: object) => {}, reject: (_: Error) => {} };
  const result = new Promise<object>((resolve, reject) => {
    settle = { resolve, reject };
  });
  const app = new Hono();
  app.onError((error, context) => context.text(error.message, 413));
  app.get("/", (context) => patientJson(context, result, (error) => ({ exit_code: 1, error })));
  return { ...settle, response: Promise.resolve(app.request("/")) };
}

it("answers what is ready with its own status", async () => {
  const good = asked();
  good.resolve({ exit_code: 0 });
  expect(await (await good.response).json()).toEqual({ exit_code: 0 });
  const bad = asked();
  bad.reject(new EngineError(413, "large", "Too large."));
  expect((await bad.response).status).toBe(413);
});

it("begins the answer of what takes long, and keeps it alive until it is there", async () => {
  const long = asked();
  await vi.advanceTimersByTimeAsync(15_000);
  const response = await long.response;
  expect(response.headers.get("content-type")).toBe("application/json");
  await vi.advanceTimersByTimeAsync(600_000);
  long.resolve({ exit_code: 0 });
  const text = await response.text();
  expect(text.length - text.trimStart().length).toBeGreaterThan(30);
  expect(JSON.parse(text)).toEqual({ exit_code: 0 });
});

it("puts a late failure into the form of an answer", async () => {
  const long = asked();
  await vi.advanceTimersByTimeAsync(15_000);
  const response = await long.response;
  long.reject(new EngineError(409, "box_stopped", "The box stopped."));
  expect(await response.json()).toEqual({ exit_code: 1, error: "The box stopped." });
});

it("stops with a client that leaves", async () => {
  const long = asked();
  await vi.advanceTimersByTimeAsync(15_000);
  await (await long.response).body?.cancel();
  long.resolve({ exit_code: 0 });
});
