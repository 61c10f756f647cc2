import { getInput, setSecret } from "@actions/core";
import { z } from "zod";

const Inputs = z.object({
  "github-token": z.string({ error: "is needed to comment and push" }),
  "bot-login": z.string().default("github-actions[bot]"),
  "clone-token": z.string().optional(),
  "box-api-key": z.string().optional(),
  "box-base-url": z.url({ error: "must be a URL" }).optional(),
  harness: z.string().default("claude-code"),
  model: z.string().optional(),
  "model-api-key": z.string().optional(),
  "custom-harness": z.string().optional(),
});

/** The inputs of `action.yml`; those that were left empty are undefined. */
export type Inputs = z.infer<typeof Inputs>;

/**
 * Reads the inputs and masks the secrets among them in the log.
 * @throws Error that names every input that is missing or wrong
 */
export function readInputs(): Inputs {
  const given = Object.keys(Inputs.shape).map((name) => [name, getInput(name)] as const);
  const parsed = Inputs.safeParse(Object.fromEntries(given.filter(([, value]) => value !== "")));
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`);
    throw new Error(`Wrong inputs: ${problems.join("; ")}.`);
  }
  for (const name of ["github-token", "clone-token", "box-api-key", "model-api-key"] as const) {
    const secret = parsed.data[name];
    if (secret !== undefined) setSecret(secret);
  }
  if (parsed.data["box-base-url"] !== undefined && parsed.data["box-api-key"] === undefined) {
    throw new Error("Wrong inputs: box-base-url needs box-api-key.");
  }
  return parsed.data;
}
