import { z } from "zod";

/** Collaborators of this role and above. */
export const Role = z.enum(["write", "maintain", "admin"]);
export type Role = z.infer<typeof Role>;

/** What may be asked for, each with a permission of its own where the configuration says so. */
export const COMMAND_VERBS = [
  "fix",
  "prompt",
  "run",
  "ask",
  "review",
  "plan",
  "approve",
  "continue",
] as const;

/** Labels that begin otherwise are none of ours. */
export const LABEL_PREFIX = "box";

const BRANCH_VARIABLES = ["kind", "number", "title", "requester", "id"];

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
  labels: z
    .record(
      z.string().max(50).regex(/^box/i, "a label has to begin with box"),
      z.string().min(1).max(16_000),
    )
    .default({})
    .describe(
      "What is done when somebody puts a label on an issue or a pull request: a prompt, or a command such as /box review. The label box alone asks for what the title and the description say.",
    ),
  auto: z
    .union([z.boolean(), z.string().min(1).max(16_000)])
    .default(false)
    .describe(
      "Whether an issue that somebody opens who may ask is worked on without a command; a text is what the agent is told beside it.",
    ),
  budget: z
    .strictObject({
      job: z.number().positive().optional().describe("US dollars for one job."),
      day: z.number().positive().optional().describe("US dollars for all jobs of a day (UTC)."),
    })
    .prefault({})
    .describe("What it may cost."),
  timeout: z.int().min(1).max(360).default(60).describe("Minutes that an agent has."),
  protected: z
    .array(z.string().min(1))
    .default([])
    .describe("Globs of paths that are never pushed, beside .github and the agents' own files."),
  draft: z.boolean().default(false).describe("Open pull requests as drafts."),
  reviewers: z
    .array(z.string().regex(/^[A-Za-z0-9-]{1,39}$/, "is no login"))
    .max(15)
    .default([])
    .describe("Logins that are asked to review the pull requests that are opened."),
  branch: z
    .string()
    .max(100)
    .regex(/^(?![-/])(?!.*(\.\.|\/\/|@\{))[\w./{}-]+(?<![./])$/, "cannot be a branch's name")
    .refine(
      (text) =>
        [...text.matchAll(/\{(\w*)\}/g)].every(([, name = ""]) => BRANCH_VARIABLES.includes(name)),
      `knows ${BRANCH_VARIABLES.map((name) => `{${name}}`).join(", ")}`,
    )
    .refine((text) => text.includes("{id}"), "needs {id}, so that two jobs never share a branch")
    .default("box/{kind}-{number}-{id}")
    .describe("What new branches are called."),
  commit: z
    .strictObject({
      style: z
        .enum(["plain", "conventional"])
        .default("plain")
        .describe("How the first line of a commit and of a pull request's title is written."),
      coAuthor: z.boolean().default(true).describe("Name who asked as the co-author."),
      verified: z
        .boolean()
        .default(false)
        .describe(
          "Have GitHub make the commits, so that they are verified. It cannot make executable files, links or submodules; such work is pushed as usual.",
        ),
    })
    .prefault({})
    .describe("How commits are made."),
});
export type BoxConfig = z.infer<typeof BoxConfig>;

/** Where it is, in the default branch. */
export const CONFIG_PATH = ".github/box.yml";
