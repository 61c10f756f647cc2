import type { Context } from "hono";
import type { z } from "zod";
import { EngineError } from "../engine-error.ts";

/** To write JSON takes a stack frame a level; nobody's options and schemas are as deep as this. */
const DEPTH_LIMIT = 200;

/**
 * Reads and checks a JSON body.
 * @throws EngineError 400 naming the field and what was expected of it
 */
export async function readBody<T extends z.ZodType>(
  context: Context,
  schema: T,
): Promise<z.infer<T>> {
  const text = await context.req.text();
  let value: unknown;
  try {
    // The official client sends no body at all where every field is optional.
    value = text === "" ? {} : JSON.parse(text);
  } catch (cause) {
    throw new EngineError(400, "invalid_json", "The body is not JSON; send a JSON object.", {
      cause,
    });
  }
  return check(schema, value);
}

/** Checks query parameters like a body. */
export function readQuery<T extends z.ZodType>(context: Context, schema: T): z.infer<T> {
  return check(schema, context.req.query());
}

/** @throws EngineError 400 naming the field and what was expected of it */
export function check<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const result = schema.safeParse(value);
  if (result.success) return requireShallow(result.data);
  const problems = result.error.issues
    .map(({ path, message }) => `${path.length > 0 ? path.join(".") : "body"}: ${message}`)
    .join("; ");
  throw new EngineError(400, "invalid_request", problems, { cause: result.error });
}

function requireShallow<T>(data: T): T {
  for (const [field, value] of Object.entries(data ?? {})) {
    if (!isDeeper(value, DEPTH_LIMIT)) continue;
    const message = `${field}: is nested deeper than ${DEPTH_LIMIT} levels; send it flatter.`;
    throw new EngineError(400, "invalid_request", message);
  }
  return data;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  return Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}
