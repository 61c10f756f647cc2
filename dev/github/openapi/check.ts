import { readFileSync } from "node:fs";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { HttpError } from "../rest/errors.ts";
import type { Answer, Call } from "../rest/route.ts";

/** Something said over REST that GitHub's own description does not allow. */
export interface ContractViolation {
  operation: string;
  where: "query" | "request" | "response";
  /** HTTP status, for a response. */
  status?: number;
  errors: string[];
}

interface Operation {
  query: object;
  body: object | null;
  responses: Record<string, object | null>;
}

interface Description {
  operations: Record<string, Operation>;
  components: object;
}

/** Checks requests and responses against GitHub's OpenAPI description. */
export class ContractCheck {
  readonly violations: ContractViolation[] = [];

  /** Throws what GitHub answers to a request that its description does not allow. */
  request(operation: string, call: Call): void {
    const described = description().operations[operation];
    if (!described) return;
    const query = Object.fromEntries(call.query);
    this.#refuse(operation, "query", validator(queries, described.query), query);
    if (described.body) {
      this.#refuse(operation, "request", validator(bodies, described.body), call.body);
    }
  }

  /** Throws if this server says what GitHub would not. */
  response(operation: string, answer: Answer): void {
    const errors = this.#responseErrors(operation, answer);
    if (errors.length === 0) return;
    this.violations.push({ operation, where: "response", status: answer.status, errors });
    throw new Error(`The answer to ${operation} is not what GitHub says: ${errors.join("; ")}`);
  }

  /** The same for a refusal; one that the description does not mention is left alone. */
  errorResponse(operation: string, answer: Answer): void {
    const described = description().operations[operation]?.responses[answer.status];
    if (!described) return;
    const errors = this.#responseErrors(operation, answer);
    if (errors.length === 0) return;
    this.violations.push({ operation, where: "response", status: answer.status, errors });
  }

  #responseErrors(operation: string, { status, body }: Answer): string[] {
    const described = description().operations[operation];
    if (!described) return [`GitHub has no ${operation}`];
    const schema = described.responses[status];
    if (schema === undefined) return [`status ${status} is not described`];
    // Raw files and diffs are no JSON.
    if (schema === null || typeof body === "string" || body instanceof Uint8Array) return [];
    const validate = validator(bodies, schema);
    return validate(body) ? [] : messages(validate.errors);
  }

  #refuse(
    operation: string,
    where: "query" | "request",
    validate: ValidateFunction,
    value: unknown,
  ): void {
    if (validate(value)) return;
    this.violations.push({ operation, where, errors: messages(validate.errors) });
    throw new HttpError(422, {
      message: "Validation Failed",
      errors: (validate.errors ?? []).map((error) => fieldError(operation, error)),
    });
  }
}

const OPTIONS = {
  strict: false,
  validateFormats: false,
  logger: false,
  // Compiling is what the first request waits for: these made it three times as fast.
  validateSchema: false,
  inlineRefs: false,
  code: { optimize: false },
} as const;
const bodies = new Ajv(OPTIONS);
// A query says `per_page=100`: text that has to be read as a number first.
const queries = new Ajv({ ...OPTIONS, coerceTypes: true });
const validators = new WeakMap<object, ValidateFunction>();
let loaded: Description | undefined;

function description(): Description {
  if (loaded) return loaded;
  const file = new URL("./github-openapi.gen.json", import.meta.url);
  loaded = JSON.parse(readFileSync(file, "utf8")) as Description;
  const components = { $id: "github", components: loaded.components };
  for (const ajv of [bodies, queries]) ajv.addSchema(components);
  return loaded;
}

/** Compiled when first needed: all of them together would take seconds. */
function validator(ajv: Ajv, schema: object): ValidateFunction {
  const known = validators.get(schema);
  if (known) return known;
  const compiled = ajv.compile(schema);
  validators.set(schema, compiled);
  return compiled;
}

function messages(errors: ErrorObject[] | null | undefined): string[] {
  return (errors ?? []).map(
    ({ instancePath, message, params }) =>
      `${instancePath || "/"} ${message} ${JSON.stringify(params)}`,
  );
}

function fieldError(operation: string, error: ErrorObject) {
  const missing = error.keyword === "required";
  const path = error.instancePath.slice(1).replaceAll("/", ".");
  const field = missing ? String(error.params.missingProperty) : path;
  const [resource = ""] = operation.match(/(?<=\/)[a-z-]+(?=(\/\{\w+\})?$)/) ?? [];
  return { resource, field, code: missing ? "missing_field" : "invalid", message: error.message };
}
