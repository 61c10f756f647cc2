import type { ZodType } from "zod";
import { API_KEY_HEADER, REQUEST_ID_HEADER, RUN_ID_HEADER } from "../../box/wire.ts";
import { curlCommand } from "./curl-command.ts";
import type {
  MediaType,
  OperationObject,
  Parameter,
  Reference,
  ResponseObject,
  Schema,
} from "./document.ts";
import type { Answer, Content, Operation } from "./operation.ts";
import { PATH_PARAMETERS } from "./path-parameters.ts";
import type { Schemas } from "./schemas.ts";

/** One operation as the document has it. */
export function describeOperation(
  operation: Operation,
  tag: string,
  schemas: Schemas,
): OperationObject {
  const { id, summary, description, socket } = operation;
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(operation.isOpen ? { security: [] } : {}),
    parameters: describeParameters(operation, schemas),
    ...describeBody(operation, schemas),
    responses: describeResponses(operation, schemas),
    ...(socket === undefined
      ? {}
      : {
          "x-websocket": {
            client: schemas.refer(socket.client),
            server: schemas.refer(socket.server),
          },
        }),
    "x-codeSamples": [{ lang: "Shell", source: curlCommand(operation) }],
  };
}

function describeParameters(operation: Operation, schemas: Schemas): Array<Parameter | Reference> {
  const inPath = pathParameters(operation).map((name) => ({
    $ref: `#/components/parameters/${name}`,
  }));
  const query = operation.query === undefined ? [] : queryParameters(operation, schemas);
  const runId = operation.isRun ? [{ $ref: "#/components/parameters/RunId" }] : [];
  return [...inPath, ...query, ...runId];
}

function pathParameters({ path }: Operation): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => {
    if (PATH_PARAMETERS[name] === undefined) throw new Error(`Nobody says what {${name}} is.`);
    return name;
  });
}

function queryParameters({ query, example }: Operation, schemas: Schemas): Parameter[] {
  if (query === undefined) return [];
  const { properties, required } = schemas.fields(query);
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: "query",
    ...(description === undefined ? {} : { description }),
    required: required.includes(name),
    schema,
    ...(example?.query?.[name] === undefined ? {} : { example: example.query[name] }),
  }));
}

function describeBody({ body, form, socket, example }: Operation, schemas: Schemas) {
  if (socket !== undefined || (body === undefined && form === undefined)) return {};
  const content: Record<string, MediaType> = {};
  if (body !== undefined) {
    content["application/json"] = {
      schema: schemas.refer(body),
      ...(example?.body === undefined ? {} : { example: example.body }),
    };
  }
  if (form !== undefined) content["multipart/form-data"] = describeForm(form, schemas);
  return { requestBody: { required: true, content } };
}

/** Objects go into a form as their JSON. */
function describeForm(form: ZodType, schemas: Schemas): MediaType {
  const { properties } = schemas.fields(form);
  const encoding = Object.fromEntries(
    Object.entries(properties)
      .filter(([, { type, $ref }]) => type === "object" || $ref !== undefined)
      .map(([name]) => [name, { contentType: "application/json" }]),
  );
  const hasObjects = Object.keys(encoding).length > 0;
  return { schema: schemas.refer(form), ...(hasObjects ? { encoding } : {}) };
}

function describeResponses(
  operation: Operation,
  schemas: Schemas,
): Record<string, ResponseObject | Reference> {
  const responses: Record<string, ResponseObject | Reference> = {
    [operation.answer.status ?? 200]: describeAnswer(operation, operation.answer, schemas),
  };
  for (const [status, description] of Object.entries(refusals(operation))) {
    responses[status] = { $ref: "#/components/responses/Error", description };
  }
  responses.default = { $ref: "#/components/responses/Error" };
  return responses;
}

function describeAnswer(
  { tellsRun }: Operation,
  { description, content }: Answer,
  schemas: Schemas,
): ResponseObject {
  const entries = Object.entries(content).map(([type, form]): [string, MediaType] => [
    type,
    describeContent(form, schemas),
  ]);
  return {
    description,
    headers: {
      [REQUEST_ID_HEADER]: { $ref: "#/components/headers/RequestId" },
      ...(tellsRun ? { [RUN_ID_HEADER]: { $ref: "#/components/headers/RunId" } } : {}),
    },
    ...(entries.length === 0 ? {} : { content: Object.fromEntries(entries) }),
  };
}

function describeContent(
  { schema, events, description, isBinary }: Content,
  schemas: Schemas,
): MediaType {
  const data = Object.entries(events ?? {}).map(([name, event]): [string, Schema] => [
    name,
    schemas.refer(event),
  ]);
  return {
    // In OpenAPI 3.1 what has no schema is bytes, and what is text has the type string.
    ...(isBinary
      ? {}
      : { schema: schema === undefined ? { type: "string" } : schemas.refer(schema) }),
    ...(description === undefined ? {} : { "x-description": description }),
    ...(data.length === 0 ? {} : { "x-events": Object.fromEntries(data) }),
  };
}

/** What an operation is refused with: what its form brings with it, then what it says itself. */
function refusals(operation: Operation): Record<string, string> {
  const { isOpen, query, body, form, socket } = operation;
  const hasBody = socket === undefined && (body !== undefined || form !== undefined);
  const names = pathParameters(operation);
  const [last] = names.slice(-1);
  return {
    ...(hasBody || query !== undefined
      ? { 400: "A field is wrong, or the body cannot be read; the text names it." }
      : {}),
    ...(isOpen ? {} : { 401: `\`${API_KEY_HEADER}\` is missing or wrong.` }),
    ...(last === undefined || last === "key" ? {} : { 404: NOT_FOUND[last] ?? NOT_FOUND.other }),
    ...(hasBody ? { 413: "The body is too large." } : {}),
    ...operation.refusals,
  };
}

const NOT_FOUND: Record<string, string> & { other: string } = {
  id: "There is no such box.",
  other: "There is no such box, or it has no such thing.",
};
