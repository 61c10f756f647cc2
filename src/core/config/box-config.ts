import { z } from "zod";

/** Collaborators of this role and above. */
export const Role = z.enum(["write", "maintain", "admin"]);
export type Role = z.infer<typeof Role>;

/** What may be asked for, each with a permission of its own where the configuration says so. */
export const COMMAND_VERBS = ["fix", "prompt", "run", "ask"] as const;

const Commands = z
  .union([
    z
      .string()
      .min(1)
      .transform((command) => [command]),
    z.array(z.string().min(1)),
  ])
  .describe("Shell commands, run in this order in the repository's root.");

/** `.github/box.yml` of the default branch. Everything has a default; an empty file is one too. */
export const BoxConfig = z.strictObject({
  $schema: z.string().optional().describe("For editors."),
  harness: z
    .enum(["claude-code", "codex", "opencode"])
    .optional()
    .describe("The agent program. Default: what the App or the workflow is set up with."),
  model: z
    .string()
    .min(1)
    .optional()
    .describe("The agent's model, such as anthropic/claude-sonnet-5."),
  runtime: z.string().min(1).optional().describe("node, python, golang, ruby or rust."),
  size: z.enum(["small", "medium", "large"]).optional().describe("The box's size."),
  network: z
    .enum(["allow-all", "deny-all"])
    .optional()
    .describe("What boxes may reach. Default: what the box service gives."),
  setup: Commands.optional().describe("Makes a clone ready, such as npm ci. Run before the agent."),
  verify: Commands.optional().describe(
    "The tests. Default: what is found, such as npm test. An empty list: none.",
  ),
  attempts: z
    .int()
    .min(0)
    .max(5)
    .default(2)
    .describe("How often failing tests go back to the agent."),
  instructions: z
    .string()
    .max(16_000)
    .optional()
    .describe("For the agent, with every request: conventions, where things are."),
  permission: z
    .union([Role, z.partialRecord(z.enum(COMMAND_VERBS), Role)])
    .default("write")
    .describe("Who may ask: a role, or a role for each command."),
  budget: z
    .strictObject({ job: z.number().positive().optional().describe("US dollars for one job.") })
    .prefault({})
    .describe("What it may cost."),
  timeout: z.int().min(1).max(360).default(60).describe("Minutes that an agent has."),
  protected: z
    .array(z.string().min(1))
    .default([])
    .describe("Globs of paths that are never pushed, beside .github and the agents' own files."),
  draft: z.boolean().default(false).describe("Open pull requests as drafts."),
});
export type BoxConfig = z.infer<typeof BoxConfig>;

/** Where it is, in the default branch. */
export const CONFIG_PATH = ".github/box.yml";
