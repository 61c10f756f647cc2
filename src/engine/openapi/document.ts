/** A JSON schema of draft 2020-12, as far as the contract's schemas use it. */
export interface Schema {
  $ref?: string;
  type?: string;
  description?: string;
  format?: string;
  const?: unknown;
  enum?: unknown[];
  default?: unknown;
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
}

export interface Reference {
  $ref: string;
  description?: string;
}

export interface Parameter {
  name: string;
  in: "path" | "query" | "header";
  description?: string;
  required: boolean;
  schema: Schema;
  example?: unknown;
}

export interface MediaType {
  schema?: Schema;
  example?: unknown;
  encoding?: Record<string, { contentType: string }>;
  /** Ours: more about the form. */
  "x-description"?: string;
  /** Ours: the data of each server-sent event. */
  "x-events"?: Record<string, Schema>;
}

export interface ResponseObject {
  description: string;
  headers?: Record<string, Reference>;
  content?: Record<string, MediaType>;
}

export interface OperationObject {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  parameters: Array<Parameter | Reference>;
  requestBody?: { required: boolean; content: Record<string, MediaType> };
  responses: Record<string, ResponseObject | Reference>;
  security?: Array<Record<string, string[]>>;
  /** Ours: the frames of a WebSocket. */
  "x-websocket"?: { client: Schema; server: Schema };
  /** How readers of such documents know a request to copy. */
  "x-codeSamples": Array<{ lang: string; source: string }>;
}

/** An OpenAPI 3.1 document, as far as this one goes. */
export interface OpenApiDocument {
  openapi: string;
  info: Record<string, unknown> & { title: string; version: string; description: string };
  servers: Array<{ url: string; description: string }>;
  security: Array<Record<string, string[]>>;
  tags: Array<{ name: string; description: string }>;
  paths: Record<string, Record<string, OperationObject>>;
  webhooks: Record<string, unknown>;
  components: {
    schemas: Record<string, Schema>;
    responses: Record<string, ResponseObject>;
    headers: Record<string, { description: string; schema: Schema }>;
    parameters: Record<string, Parameter>;
    securitySchemes: Record<string, unknown>;
  };
}
