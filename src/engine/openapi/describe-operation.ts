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

/** One operation as the document has it; what is undefined is not written. */
export function describeOperation(
  operation: Operation,
  tag: string,
  schemas: Schemas,
): OperationObject {
  const { id, summary, description, isOpen, socket, answer } = operation;
  return {
    operationId: id,
    tags: [tag],
    summary,
    description,
    security: isOpen ? [] : undefined,
    parameters: parameters(operation, schemas),
    requestBody: requestBody(operation, schemas),
    responses: {
      [answer.status ?? 200]: response(operation, answer, schemas),
      ...refusals(operation),
      default: { $ref: ERROR },
    },
    "x-websocket": socket && {
      client: schemas.refer(socket.client),
      server: schemas.refer(socket.server),
    },
    "x-codeSamples": [{ lang: "Shell", source: curlCommand(operation) }],
  };
}

const ERROR = "#/components/responses/Error";

function parameters(operation: Operation, schemas: Schemas): Array<Parameter | Reference> {
  const shared = [...pathParameters(operation), ...(operation.isRun ? ["RunId"] : [])];
  const references = shared.map((name) => ({ $ref: `#/components/parameters/${name}` }));
  return [...references, ...queryParameters(operation, schemas)];
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
    description,
    required: required.includes(name),
    schema,
    example: example?.query?.[name],
  }));
}

function requestBody(
  { body, form, socket, example }: Operation,
  schemas: Schemas,
): OperationObject["requestBody"] {
  if (socket !== undefined || (body === undefined && form === undefined)) return undefined;
  const content: Record<string, MediaType> = {};
  if (body !== undefined) {
    content["application/json"] = { schema: schemas.refer(body), example: example?.body };
  }
  if (form !== undefined) content["multipart/form-data"] = describeForm(form, schemas);
  return { required: true, content };
}

/** Objects go into a form as their JSON. */
function describeForm(form: ZodType, schemas: Schemas): MediaType {
  const objects = Object.entries(schemas.fields(form).properties).filter(
    ([, { type, $ref }]) => type === "object" || $ref !== undefined,
  );
  const encoding = objects.map(([name]) => [name, { contentType: "application/json" }]);
  return { schema: schemas.refer(form), encoding: Object.fromEntries(encoding) };
}

function response(
  { tellsRun }: Operation,
  { description, content }: Answer,
  schemas: Schemas,
): ResponseObject {
  const forms = Object.entries(content).map(([type, form]) => [
    type,
    describeContent(type, form, schemas),
  ]);
  return {
    description,
    headers: {
      [REQUEST_ID_HEADER]: { $ref: "#/components/headers/RequestId" },
      ...(tellsRun ? { [RUN_ID_HEADER]: { $ref: "#/components/headers/RunId" } } : {}),
    },
    content: forms.length === 0 ? undefined : Object.fromEntries(forms),
  };
}

function describeContent(
  type: string,
  { schema, events, description, isBinary }: Content,
  schemas: Schemas,
): MediaType {
  const data = Object.entries(events ?? {}).map(([name, event]) => [name, schemas.refer(event)]);
  const unnamed: Schema = { type: type === "application/json" ? "object" : "string" };
  return {
    // In OpenAPI 3.1 what has no schema is bytes.
    schema: isBinary ? undefined : schema === undefined ? unnamed : schemas.refer(schema),
    "x-description": description,
    "x-events": data.length === 0 ? undefined : Object.fromEntries(data),
  };
}

/** What an operation is refused with: what its form brings with it, then what it says itself. */
function refusals(operation: Operation): Record<string, Reference> {
  const { isOpen, query, body, form, socket } = operation;
  const hasBody = socket === undefined && (body !== undefined || form !== undefined);
  const isChecked = hasBody || query !== undefined;
  const reasons: Record<string, string | undefined> = {
    400: isChecked ? "A field is wrong, or the body cannot be read; the text names it." : undefined,
    401: isOpen ? undefined : `\`${API_KEY_HEADER}\` is missing or wrong.`,
    404: notFound(pathParameters(operation)),
    413: hasBody ? "The body is too large." : undefined,
    ...operation.refusals,
  };
  return Object.fromEntries(
    Object.entries(reasons)
      .filter(([, reason]) => reason !== undefined)
      .map(([status, description]) => [status, { $ref: ERROR, description }]),
  );
}

function notFound(names: string[]): string | undefined {
  if (!names.includes("id")) return undefined;
  return names.length === 1
    ? "There is no such box."
    : "There is no such box, or it has no such thing.";
}
