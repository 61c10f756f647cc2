import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEngine } from "../../../src/engine/engine.ts";
import { openApiDocument } from "../../../src/engine/openapi/open-api-document.ts";
import { OPERATION_GROUPS } from "../../../src/engine/openapi/operations.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { type TestEngine, testEngine } from "../../support/test-engine.ts";
import { type DescribedApi, describedApi, documentProblems } from "./described-api.ts";

let host: TestEngine;
let api: DescribedApi;
beforeAll(async () => {
  host = await testEngine();
  api = await describedApi(host.engine.url);
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  expect(host.errors).toEqual([]);
});

describe("/openapi.json", () => {
  it("is what the list of operations makes, for everybody", async () => {
    const response = await fetch(`${host.engine.url}/openapi.json`);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.json()).toEqual(
      JSON.parse(JSON.stringify(openApiDocument(OPERATION_GROUPS))),
    );
  });

  it("is a valid OpenAPI 3.1 document", () => {
    expect(documentProblems(api.document)).toEqual([]);
    expect(documentProblems({ ...api.document, info: {} })).not.toEqual([]);
  });

  it("has every route that the engine serves, and no other", async () => {
    await using folder = await temporaryFolder();
    const engine = await createEngine({ data: folder.path, apiKey: "key" });
    try {
      const served = engine.routes.map(({ method, path }) => {
        const template = path.replace(/:(\w+)(\{[^}]*\})?/g, "{$1}");
        return `${method} ${template}`;
      });
      const described = api.operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
      expect(described.sort()).toEqual(served.sort());
    } finally {
      await engine.close();
    }
  });

  it("refers only to what it has, and has nothing that nobody refers to", () => {
    const text = JSON.stringify(api.document);
    const used = new Set(
      [...text.matchAll(/"\$ref":"#\/components\/([^"]+)"/g)].map(([, to]) => to),
    );
    const components = Object.entries(api.document.components).filter(
      ([kind]) => kind !== "securitySchemes",
    );
    const there = components.flatMap(([kind, named]) =>
      Object.keys(named).map((name) => `${kind}/${name}`),
    );
    expect([...used].filter((name) => !there.includes(name ?? ""))).toEqual([]);
    expect(there.filter((name) => !used.has(name))).toEqual([]);
  });

  it("names each operation once", () => {
    const ids = api.operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("the examples", () => {
  it("are requests that the engine's own schemas take", () => {
    let checked = 0;
    for (const { id, body, query, socket, example = {} } of OPERATION_GROUPS.flatMap(
      ({ operations }) => operations,
    )) {
      const schema = socket?.client ?? body;
      if (schema !== undefined) expect(schema.safeParse(example.body), id).toMatchObject(FITS);
      if (query !== undefined) expect(query.safeParse(example.query ?? {}), id).toMatchObject(FITS);
      if (schema !== undefined || query !== undefined) checked++;
    }
    expect(checked).toBeGreaterThan(30);
  });

  it("are commands that a shell takes apart as they are meant", () => {
    for (const operation of api.operations) {
      const source = operation["x-codeSamples"][0]?.source ?? "";
      if (operation["x-websocket"] !== undefined) continue;
      const words = shellWords(source);
      const url = words.find((word) => word.startsWith("http")) ?? "";
      expect(words.includes("x-box-api-key: the key"), source).toBe(
        operation.security === undefined,
      );
      expect(new URL(url).pathname, source).toMatch(template(operation.path));
      expect(methodOf(words), source).toBe(operation.method);
      const body = api.jsonBody(operation);
      if (body !== undefined) {
        expect(JSON.parse(words[words.indexOf("-d") + 1] ?? "")).toEqual(body.example);
      }
    }
  });

  it("keep their quotes", () => {
    const [group] = OPERATION_GROUPS;
    const [operation] = group?.operations ?? [];
    if (group === undefined || operation === undefined) throw new Error("no operation");
    const example = { body: { name: 'it\'s `$(quoted)` \\ "twice"' } };
    const document = openApiDocument([{ ...group, operations: [{ ...operation, example }] }]);
    const source = document.paths[operation.path]?.[operation.method]?.["x-codeSamples"][0]?.source;
    expect(JSON.parse(shellWords(source ?? "").at(-1) ?? "")).toEqual(example.body);
  });
});

const FITS = { success: true };

/** What a real shell gives to curl. */
function shellWords(source: string): string[] {
  const script = `curl() { printf '%s\\0' "$@"; }\n${source}`;
  const env = { UPSTASH_BOX_BASE_URL: "http://127.0.0.1:1", UPSTASH_BOX_API_KEY: "the key" };
  return execFileSync("/bin/sh", ["-euc", script], { env, encoding: "utf8" })
    .split("\0")
    .slice(0, -1);
}

function methodOf(words: string[]): string {
  const said = words.indexOf("-X");
  if (said >= 0) return words[said + 1]?.toLowerCase() ?? "";
  return words.includes("-d") || words.includes("-F") ? "post" : "get";
}

/** `{skill}` has slashes of its own. */
function template(path: string): RegExp {
  return new RegExp(`^${path.replace("{skill}", ".+").replace(/\{\w+\}/g, "[^/]+")}$`);
}
