import type { ZodType } from "zod";
import { BoxError } from "./box-error.ts";

interface Failure {
  readonly issues: readonly {
    readonly message: string;
    readonly path?: readonly unknown[] | undefined;
  }[];
}
interface Success<Output> {
  readonly value: Output;
  readonly issues?: undefined;
}

/**
 * What `responseSchema` takes: a schema of zod 4, or of zod 3.24 and above. Stated by its Standard Schema face, so that it may
 * come from any copy of zod.
 */
export interface ResponseSchema<Output> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (
      value: unknown,
    ) => Success<Output> | Failure | Promise<Success<Output> | Failure>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
  };
}

/**
 * The JSON Schema to send, without `$schema`.
 *
 * @throws BoxError `invalid_argument` when there is none for this schema.
 */
export async function toJsonSchema(
  schema: ResponseSchema<unknown>,
): Promise<Record<string, unknown>> {
  if (!("_zod" in schema)) return zod3JsonSchema(schema);
  // Here and not at the top: without a schema the SDK needs no zod, which is most of its load time.
  const { toJSONSchema } = await import("zod");
  const zodSchema = schema as unknown as ZodType;
  const convert = (io: "input" | "output"): Record<string, unknown> => {
    const { $schema: _, ...jsonSchema } = toJSONSchema(zodSchema, { io });
    return jsonSchema;
  };
  try {
    // "output" closes objects to further keys, which strict providers ask for.
    return convert("output");
  } catch {
    // A transformation has no JSON Schema of its output; the agent has to give the input.
  }
  try {
    return convert("input");
  } catch (error) {
    throw noJsonSchema(error);
  }
}

async function zod3JsonSchema(schema: ResponseSchema<unknown>): Promise<Record<string, unknown>> {
  const { vendor = "another kind" } = schema["~standard"] ?? {};
  if (vendor !== "zod") {
    throw new BoxError(
      "invalid_argument",
      `Expected responseSchema to be a zod schema, got one of ${vendor}. Make it with zod 4 or 3.24.`,
    );
  }
  const { zodToJsonSchema } = await import("zod-to-json-schema");
  try {
    const zodSchema = schema as unknown as Parameters<typeof zodToJsonSchema>[0];
    const { $schema: _, ...jsonSchema } = zodToJsonSchema(zodSchema, { $refStrategy: "none" });
    return jsonSchema;
  } catch (error) {
    throw noJsonSchema(error);
  }
}

function noJsonSchema(cause: unknown): BoxError {
  return new BoxError(
    "invalid_argument",
    "The responseSchema has no JSON Schema. Leave out types such as Date, Map and functions.",
    { cause },
  );
}

/**
 * The agent's final answer as the schema makes it.
 *
 * @throws BoxError `output_mismatch`.
 */
export async function parseOutput<Output>(
  schema: ResponseSchema<Output>,
  output: string,
): Promise<Output> {
  const result = await schema["~standard"].validate(parseJson(output));
  if (result.issues === undefined) return result.value;
  const { message = "invalid", path = [] } = result.issues[0] ?? {};
  const at = path.length > 0 ? ` at ${path.map(key).join(".")}` : "";
  throw mismatch(`it does not fit responseSchema${at}: ${message}`, { cause: result.issues });
}

/** Models put a fence around their JSON against all advice. */
const FENCE = /^```[a-z]*\s*\n([\s\S]*?)\n\s*```$/i;

function parseJson(output: string): unknown {
  const text = output.trim();
  try {
    return JSON.parse(FENCE.exec(text)?.[1] ?? text);
  } catch (error) {
    throw mismatch("it is not JSON", { cause: error });
  }
}

function mismatch(what: string, details: { cause: unknown }): BoxError {
  return new BoxError(
    "output_mismatch",
    `The agent's answer is not what was asked for: ${what.replace(/\.$/, "")}. Say the shape in the prompt, or loosen the schema.`,
    details,
  );
}

/** A segment of a path is a key, or an object that holds one. */
function key(segment: unknown): string {
  const inner = typeof segment === "object" && segment !== null && "key" in segment;
  return String(inner ? segment.key : segment);
}
