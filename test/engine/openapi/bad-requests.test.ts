import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ErrorResponse } from "../../../src/box/wire.ts";
import type { MediaType, Schema } from "../../../src/engine/openapi/document.ts";
import { type TestEngine, testEngine } from "../../support/test-engine.ts";
import { type DescribedApi, type DescribedOperation, describedApi } from "./described-api.ts";

/** Above every limit of the engine; it is announced and never sent. */
const HUGE_BYTES = 10 * 1024 ** 3;

let host: TestEngine;
let api: DescribedApi;
let box: string;
beforeAll(async () => {
  host = await testEngine();
  api = await describedApi(host.engine.url);
  ({ id: box } = await host.box({ keepAlive: true }));
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  expect(host.errors).toEqual([]);
});

describe("whatever is sent to any operation", () => {
  it("a field of the wrong type is refused by its name", async () => {
    let fields = 0;
    for (const operation of api.operations) {
      const body = api.jsonBody(operation);
      for (const [name, schema] of Object.entries(shapeOf(body).properties ?? {})) {
        const wrong = NONSENSE.find((value) => api.requestProblems(schema, value).length > 0);
        if (wrong === undefined) continue;
        const sent = { ...(body?.example as object), [name]: wrong };
        const refusal = await refused(operation, { body: JSON.stringify(sent) });
        expect(refusal, `${operation.operationId} ${name}`).toMatchObject({
          status: 400,
          code: "invalid_request",
          error: expect.stringMatching(new RegExp(`(^|; )${name}[.:]`)),
        });
        fields++;
      }
    }
    expect(fields).toBeGreaterThan(90);
  });

  it("a required field that is missing is refused by its name", async () => {
    let fields = 0;
    for (const operation of api.operations) {
      const body = api.jsonBody(operation);
      for (const name of shapeOf(body).required ?? []) {
        const sent = { ...(body?.example as object), [name]: undefined };
        const refusal = await refused(operation, { body: JSON.stringify(sent) });
        expect(refusal, `${operation.operationId} ${name}`).toMatchObject({
          status: 400,
          error: expect.stringMatching(new RegExp(`(^|; )${name}:`)),
        });
        fields++;
      }
    }
    expect(fields).toBeGreaterThan(20);
  });

  it("a query parameter that is wrong or missing is refused by its name", async () => {
    let parameters = 0;
    for (const operation of api.operations) {
      for (const parameter of operation.parameters) {
        if (!("in" in parameter) || parameter.in !== "query") continue;
        const { name, required, schema } = parameter;
        const value = ["nonsense", ""].find((text) => api.requestProblems(schema, text).length > 0);
        if (value !== undefined) {
          const wrong = await refused(operation, { query: { [name]: value } });
          expect(wrong, `${operation.operationId} ${name}`).toMatchObject(naming(name));
          parameters++;
        }
        if (required) {
          const missing = await refused(operation, { query: { [name]: undefined } });
          expect(missing, `${operation.operationId} ${name}`).toMatchObject(naming(name));
        }
      }
    }
    expect(parameters).toBeGreaterThan(8);
  });

  it.each([
    ["{", "invalid_json"],
    ["nonsense", "invalid_json"],
    ["[]", "invalid_request"],
    ["null", "invalid_request"],
    ['"text"', "invalid_request"],
    ["5", "invalid_request"],
  ])("a body that is %s is refused", async (body, code) => {
    for (const operation of withBody()) {
      const refusal = await refused(operation, { body });
      expect(refusal, operation.operationId).toMatchObject({ status: 400, code });
    }
  });

  it("a value that is nested without end is refused by its name", async () => {
    const deep = `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`;
    let fields = 0;
    for (const operation of withBody()) {
      const body = api.jsonBody(operation);
      for (const [name, schema] of Object.entries(shapeOf(body).properties ?? {})) {
        // Anything may be in it.
        if (JSON.stringify(schema.additionalProperties) !== "{}") continue;
        const example = JSON.stringify({ ...(body?.example as object), [name]: undefined });
        const text = `${example.slice(0, -1)},"${name}":${deep}}`;
        expect(await refused(operation, { body: text })).toMatchObject(naming(name));
        fields++;
      }
    }
    expect(fields).toBeGreaterThan(4);
  });

  it.each([
    ["content-length: 1000", '{"comm'],
    ["transfer-encoding: chunked", '5\r\n{"com\r\n'],
  ])("a request that breaks off (%s) is no failure of the engine's", async (header, half) => {
    const own = await testEngine();
    const { hostname, port } = new URL(own.engine.url);
    const key = `x-box-api-key: ${own.apiKey}`;
    const head = `POST /v2/box HTTP/1.1\r\nhost: box\r\n${key}\r\n${header}\r\n\r\n`;
    const socket = connect(Number(port), hostname);
    await new Promise((resolve) => socket.write(`${head}${half}`, resolve));
    socket.destroy();
    // Closes when every connection has, and so has every request been dealt with.
    await own[Symbol.asyncDispose]();
    expect(own.errors).toEqual([]);
  });

  it("a form that is none is refused", async () => {
    const forms = api.operations.filter(
      ({ requestBody }) => requestBody?.content["multipart/form-data"] !== undefined,
    );
    for (const operation of forms) {
      for (const type of ["multipart/form-data", "multipart/form-data; boundary=x"]) {
        const refusal = await refused(operation, { body: "nonsense", type });
        expect(refusal, operation.operationId).toMatchObject({ status: 400 });
      }
    }
    expect(forms.length).toBeGreaterThan(2);
  });

  it("a body over the limit is refused before it is sent", async () => {
    for (const operation of api.operations.filter(({ requestBody }) => requestBody)) {
      const refusal = await announced(operation, HUGE_BYTES);
      expect(refusal, operation.operationId).toMatchObject({ status: 413, code: "body_too_large" });
    }
  });

  it("a box that nobody knows is not found", async () => {
    const ofBoxes = api.operations.filter(({ path }) => path.includes("{id}"));
    for (const operation of ofBoxes) {
      const refusal = await refused(operation, { path: { id: "nobody" } });
      expect(refusal, operation.operationId).toMatchObject({ status: 404, code: "not_found" });
      // A snapshot outlives its box, so that it is looked for first.
      expect(refusal.error).toMatch(/^There is no (box nobody;|snapshot 7;)/);
    }
    expect(ofBoxes.length).toBeGreaterThan(30);
  });

  it("a run, a schedule, a label or the like that the box does not have is not found", async () => {
    const ofThings = api.operations.filter(({ path }) => /\{id\}.*\{\w+\}/.test(path));
    for (const operation of ofThings) {
      const refusal = await refused(operation);
      expect(refusal, operation.operationId).toMatchObject({ status: 404, code: "not_found" });
    }
    expect(ofThings.length).toBeGreaterThan(8);
  });

  it("a request without the key is refused, but for what is open to all", async () => {
    for (const operation of api.operations) {
      const response = await send(operation, { key: null });
      if (operation.security !== undefined) expect(response.status).toBeLessThan(400);
      else expect(response.status, operation.operationId).toBe(401);
      await response.body?.cancel();
    }
  });

  it("a method that a path does not take is refused with those that it takes", async () => {
    let refusals = 0;
    for (const path of Object.keys(api.document.paths)) {
      const taken = methodsAt(path);
      for (const method of ["get", "post", "put", "patch", "delete"]) {
        if (taken.has(method)) continue;
        const response = await send({ path, method }, {});
        expect(response.status, `${method} ${path}`).toBe(405);
        const allowed = [...taken].flatMap((one) => (one === "get" ? [one, "head"] : [one]));
        expect(response.headers.get("allow")?.toLowerCase().split(", ").sort()).toEqual(
          allowed.sort(),
        );
        expect(await readRefusal(response)).toMatchObject({ code: "method_not_allowed" });
        refusals++;
      }
    }
    expect(refusals).toBeGreaterThan(100);
  });

  it.each(["/nowhere", "/v2/box/a/b/c", "/v2", "/openapi.json/", "/%", "//"])(
    "%s is not found",
    async (path) => {
      const refusal = await readRefusal(await send({ path, method: "get" }, {}));
      expect(refusal).toMatchObject({ status: 404, code: "not_found" });
    },
  );

  it("a name that stands in a route is refused for a box", async () => {
    const places = Object.keys(api.document.paths).flatMap((path) => {
      const [, place] = /^\/v2\/box\/([^{/]+)/.exec(path) ?? [];
      return place === undefined ? [] : [place];
    });
    expect(new Set(places)).toEqual(new Set(["settings", "snapshots", "from-snapshot"]));
    for (const name of places) {
      const body = JSON.stringify({ name });
      expect(await refused(api.operation("createBox"), { body })).toMatchObject({
        status: 400,
        error: expect.stringMatching(/^name: .*reserved/),
      });
    }
  });
});

const NONSENSE = [5, "nonsense", true, [], {}];

interface Sent {
  path?: Record<string, string>;
  query?: Record<string, string | undefined>;
  body?: string;
  type?: string;
  key?: null;
}

/** Sends the operation's example, with what is given here in its place. */
function send(
  operation: Pick<DescribedOperation, "path" | "method"> & Partial<DescribedOperation>,
  { path = {}, query, body, type, key }: Sent,
): Promise<Response> {
  const url = target(operation, path, query);
  const example = operation.requestBody?.content["application/json"]?.example;
  const text = body ?? (example === undefined ? undefined : JSON.stringify(example));
  return fetch(url, {
    method: operation.method.toUpperCase(),
    redirect: "manual",
    headers: {
      ...(key === null ? {} : { "x-box-api-key": host.apiKey }),
      ...(type === undefined ? {} : { "content-type": type }),
    },
    ...(text === undefined ? {} : { body: text }),
  });
}

async function refused(operation: DescribedOperation, sent: Sent = {}) {
  return readRefusal(await send(operation, sent));
}

/** Every refusal has this form, and the id that its header has. */
async function readRefusal(response: Response) {
  const body = ErrorResponse.required()
    .strict()
    .parse(await response.json());
  expect(body.request_id).toBe(response.headers.get("x-request-id"));
  return { status: response.status, ...body };
}

function target(
  { path, parameters = [] }: Pick<DescribedOperation, "path"> & Partial<DescribedOperation>,
  names: Record<string, string>,
  query: Record<string, string | undefined> = {},
): string {
  const filled = path.replace(
    /\{(\w+)\}/g,
    (_, name) => names[name] ?? (name === "id" ? box : "7"),
  );
  const url = new URL(`${host.engine.url}${filled}`);
  for (const parameter of parameters) {
    if (!("in" in parameter) || parameter.in !== "query") continue;
    const { name, example } = parameter;
    const value = name in query ? query[name] : example;
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  // As it was written: a URL would tidy "//" and the like.
  return `${host.engine.url}${filled}${url.search}`;
}

/** Says that a body is as long as this, and sends none of it. */
async function announced(operation: DescribedOperation, bytes: number) {
  const request = httpRequest(target(operation, {}), {
    method: operation.method.toUpperCase(),
    headers: { "x-box-api-key": host.apiKey, "content-length": bytes },
  });
  try {
    return await new Promise<object>((resolve, reject) => {
      request.on("error", reject);
      request.on("response", async (response) => {
        let text = "";
        for await (const chunk of response.setEncoding("utf8")) text += chunk;
        const body = ErrorResponse.required().strict().parse(JSON.parse(text));
        resolve({ status: response.statusCode, ...body });
      });
      request.flushHeaders();
    });
  } finally {
    request.destroy();
  }
}

function withBody(): DescribedOperation[] {
  return api.operations.filter((operation) => api.jsonBody(operation) !== undefined);
}

/** The object that a body is; of several variants, the one that the example is. */
function shapeOf({ schema, example }: MediaType = {}): Schema {
  const { oneOf, ...shape } = api.resolve(schema ?? {});
  return oneOf?.find((one) => api.requestProblems(one, example).length === 0) ?? shape;
}

/** A literal path is also one of a box of that name. */
function methodsAt(path: string): Set<string> {
  const concrete = path.replace(/\{\w+\}/g, "x");
  const fitting = api.operations.filter((operation) => {
    const pattern = operation.path.replace("{skill}", ".+").replace(/\{\w+\}/g, "[^/]+");
    return new RegExp(`^${pattern}$`).test(concrete);
  });
  return new Set(fitting.map(({ method }) => method));
}

function naming(name: string) {
  return { status: 400, error: expect.stringMatching(new RegExp(`(^|; )${name}:`)) };
}
