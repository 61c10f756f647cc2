import { z } from "zod";
import { EngineError } from "../engine-error.ts";

/**
 * Checks a harness's own options.
 * @param schema its fields are all that the harness takes
 * @throws EngineError 400 naming the option, and what there is instead
 */
export function agentOptions<S extends z.ZodRawShape>(
  harness: string,
  schema: z.ZodObject<S>,
  options: Record<string, unknown> = {},
): z.infer<z.ZodObject<S>> {
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(schema.shape, name)) continue;
    const known = Object.keys(schema.shape).join(", ");
    refuse(`agent_options.${name}: ${harness} has no such option; it has ${known}.`);
  }
  const result = schema.safeParse(options);
  if (result.success) return result.data;
  const [problem] = result.error.issues;
  return refuse(`agent_options.${problem?.path.join(".")}: ${problem?.message}.`);
}

/** What a run may cost, in US dollars; for every harness alike, since the gateway sees to it. */
export const Budget = z.number().positive().optional();

function refuse(message: string): never {
  throw new EngineError(400, "invalid_request", message);
}
