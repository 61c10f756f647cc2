import {
  API_KEY_HEADER,
  ErrorResponse,
  REQUEST_ID_HEADER,
  RUN_ID_HEADER,
  WebhookEvent,
} from "../../box/wire.ts";
import { describeOperation } from "./describe-operation.ts";
import type {
  OpenApiDocument,
  OperationObject,
  Parameter,
  ResponseObject,
  Schema,
} from "./document.ts";
import type { OperationGroup } from "./operation.ts";
import { PATH_PARAMETERS } from "./path-parameters.ts";
import { referredNames } from "./referred-names.ts";
import { readSchemas, type Schemas } from "./schemas.ts";

const DESCRIPTION = `Boxes over HTTP. Bodies are JSON with names in snake_case; fields that nobody knows are ignored. Times are unix seconds unless a field says otherwise.

Every request has the key in \`${API_KEY_HEADER}\`. Every answer has \`${REQUEST_ID_HEADER}\`: the client's own, when it sent one of at most 255 letters, digits, \`_\`, \`=\` and \`-\`, else a new one. A status of 400 or above comes with \`{error, code, request_id}\`; \`error\` says what to do. A path that is there answers other methods with 405 and \`Allow\`.`;

/** Makes the OpenAPI document of these operations. Pure. */
export function openApiDocument(groups: readonly OperationGroup[]): OpenApiDocument {
  const schemas = readSchemas();
  const described = {
    paths: paths(groups, schemas),
    webhooks: { runEnded: { post: webhook(schemas) } },
  };
  const responses = { Error: errorResponse(schemas) };
  return {
    openapi: "3.1.0",
    info: {
      title: "Box REST API",
      version: "2",
      summary: "Isolated Linux machines with a coding agent in them.",
      description: DESCRIPTION,
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/", description: "Where this document is from." }],
    security: [{ apiKey: [] }],
    tags: groups.map(({ name, description }) => ({ name, description })),
    ...described,
    components: {
      schemas: usedSchemas(schemas, { described, responses }),
      responses,
      headers: {
        RequestId: { description: "Names the request.", schema: { type: "string" } },
        RunId: { description: "The run's id.", schema: { type: "string" } },
      },
      parameters: usedParameters(described),
      securitySchemes: {
        apiKey: { type: "apiKey", in: "header", name: API_KEY_HEADER },
      },
    },
  };
}

const RunId: Parameter = {
  name: RUN_ID_HEADER,
  in: "header",
  description: "An id for the run, so that it can be cancelled before there is an answer.",
  required: false,
  schema: { type: "string", minLength: 1, maxLength: 64 },
};

function paths(groups: readonly OperationGroup[], schemas: Schemas): OpenApiDocument["paths"] {
  const result: Record<string, Record<string, OperationObject>> = {};
  for (const { name, operations } of groups) {
    for (const operation of operations) {
      const { path, method } = operation;
      result[path] = { ...result[path], [method]: describeOperation(operation, name, schemas) };
    }
  }
  return result;
}

function errorResponse(schemas: Schemas): ResponseObject {
  return {
    description: "What was wrong, and what to do.",
    headers: { [REQUEST_ID_HEADER]: { $ref: "#/components/headers/RequestId" } },
    content: { "application/json": { schema: schemas.refer(ErrorResponse) } },
  };
}

/** The contract has shapes of its clients' too. */
function usedSchemas({ byName }: Schemas, part: unknown): Record<string, Schema> {
  const used: Record<string, Schema> = {};
  let names = referredNames(part, "schemas");
  while (names.size > 0) {
    const found = [...names].map((name): [string, Schema] => [name, byName[name] ?? {}]);
    Object.assign(used, Object.fromEntries(found));
    names = referredNames(found, "schemas");
    for (const name of Object.keys(used)) names.delete(name);
  }
  return Object.fromEntries(Object.entries(used).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function usedParameters(part: unknown): Record<string, Parameter> {
  const names = referredNames(part, "parameters");
  return Object.fromEntries(
    Object.entries({ ...pathParameters(), RunId }).filter(([name]) => names.has(name)),
  );
}

function pathParameters(): Record<string, Parameter> {
  return Object.fromEntries(
    Object.entries(PATH_PARAMETERS).map(([name, { description, example }]) => [
      name,
      { name, in: "path", description, required: true, schema: { type: "string" }, example },
    ]),
  );
}

function webhook(schemas: Schemas): object {
  return {
    summary: "A run has ended",
    description:
      "Sent to the webhook of an agent run or a schedule, signed as Standard Webhooks 1.0 says, and again until it is answered with 2xx.",
    requestBody: {
      required: true,
      content: { "application/json": { schema: schemas.refer(WebhookEvent) } },
    },
    responses: { "2XX": { description: "It has arrived." } },
    security: [],
  };
}
