import { createParser } from "eventsource-parser";
import { expect } from "vitest";
import type { MediaType, ResponseObject } from "../../../src/engine/openapi/document.ts";
import type { TestEngine } from "../../support/test-engine.ts";
import type { DescribedApi } from "./described-api.ts";

/** What goes into one request; a body of text is sent as it is. */
export interface ContractRequest {
  path?: Record<string, string>;
  query?: Record<string, string>;
  body?: object;
  form?: FormData;
  headers?: Record<string, string>;
}

/** What came back, with its body read in the way of its form. */
export interface ContractAnswer {
  status: number;
  type: string;
  // biome-ignore lint/suspicious/noExplicitAny: the schemas say what it is, and were just checked.
  json: any;
  text: string;
  events: Array<{ name: string; data: unknown }>;
}

/**
 * A client that knows of the API only what its document says, and holds every answer to it: status,
 * headers, media type, and each value. Each body has a field more than the document shows, which the
 * engine must ignore.
 */
export function contractClient(api: DescribedApi, host: TestEngine) {
  const called = new Set<string>();
  return {
    called,
    async call(operationId: string, request: ContractRequest = {}): Promise<ContractAnswer> {
      called.add(operationId);
      const operation = api.operation(operationId);
      const path = operation.path.replace(/\{(\w+)\}/g, (_, name) => request.path?.[name] ?? name);
      const query = new URLSearchParams(request.query);
      const body = request.body && JSON.stringify({ ...request.body, something_newer: [1] });
      const response = await fetch(`${host.engine.url}${path}?${query}`, {
        method: operation.method.toUpperCase(),
        redirect: "manual",
        headers: {
          ...(operation.security === undefined ? { "x-box-api-key": host.apiKey } : {}),
          ...request.headers,
        },
        ...(request.form === undefined ? {} : { body: request.form }),
        ...(body === undefined ? {} : { body }),
      });
      const text = await response.text();
      const { status } = response;
      expect(Object.keys(operation.responses), `${operationId}: ${text}`).toContain(String(status));
      const stated = operation.responses[status] ?? {};
      const described = "$ref" in stated ? errorOf(api) : (stated as ResponseObject);
      for (const name of Object.keys(described.headers ?? {})) {
        expect(response.headers.get(name), `${operationId} ${name}`).toBeTruthy();
      }
      const type = response.headers.get("content-type")?.split(";")[0] ?? "";
      const answer = { status, type, text, json: undefined, events: [] };
      if (described.content === undefined) return answer;
      const form = described.content[type];
      expect(form, `${operationId} answers ${type}`).toBeDefined();
      return { ...answer, ...readForm(operationId, type, form ?? {}, text) };
    },
    /** Holds a value to one of the document's schemas. */
    hold(what: string, schema: MediaType["schema"], value: unknown): void {
      expect(api.answerProblems(schema ?? {}, value), `${what}: ${JSON.stringify(value)}`).toEqual(
        [],
      );
    },
  };

  function readForm(id: string, type: string, form: MediaType, text: string) {
    const holdAll = (values: unknown[]) => {
      for (const value of values) {
        const problems = api.answerProblems(form.schema ?? {}, value);
        expect(problems, `${id}: ${JSON.stringify(value)}`).toEqual([]);
      }
    };
    if (type === "application/json") {
      const json = JSON.parse(text);
      // The document itself is held to OpenAPI's own schema.
      if (form.schema?.$ref !== undefined) holdAll([json]);
      return { json };
    }
    if (type === "application/x-ndjson") {
      const json = text
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line));
      holdAll(json);
      return { json };
    }
    const described = form["x-events"];
    if (described === undefined) return {};
    const events = readEvents(text);
    for (const { name, data } of events) {
      expect(Object.keys(described)).toContain(name);
      const problems = api.answerProblems(described[name] ?? {}, data);
      expect(problems, `${id} ${name}: ${JSON.stringify(data)}`).toEqual([]);
    }
    return { events };
  }
}

function errorOf({ document }: DescribedApi): ResponseObject {
  const { Error: error } = document.components.responses;
  if (error === undefined) throw new Error("The document has no response for errors.");
  return error;
}

function readEvents(text: string): ContractAnswer["events"] {
  const events: ContractAnswer["events"] = [];
  const parser = createParser({
    onEvent: ({ event = "", data }) => events.push({ name: event, data: JSON.parse(data) }),
  });
  parser.feed(text);
  return events;
}
