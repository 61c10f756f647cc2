import type { ZodType } from "zod";
import type { Answer } from "./operation.ts";

/** An answer of JSON. */
export function jsonAnswer(schema: ZodType, description: string): Answer {
  return { description, content: { "application/json": { schema } } };
}
