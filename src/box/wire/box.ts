import { z } from "zod";

/** Where a box is in its life: `creating → idle ⇄ running`, `paused` until woken, `error`, `deleted`. */
export const BoxStatus = z.enum(["creating", "idle", "running", "paused", "error", "deleted"]);
export type BoxStatus = z.infer<typeof BoxStatus>;

export const BoxSize = z.enum(["small", "medium", "large"]);
export type BoxSize = z.infer<typeof BoxSize>;

/** At most 20 characters of the set the service accepts, at most 5 a box. */
export const LABEL_PATTERN = /^[A-Za-z0-9._:-]{1,20}$/;
export const MAX_LABELS = 5;

/** A user's own agent program; it speaks box-sse-v1 on its standard output. */
export const CustomRunner = z.object({
  command: z
    .string()
    .min(1)
    .describe("A name on the box's PATH, or a path under /workspace/home or /home/boxuser."),
  args: z.array(z.string()).optional(),
  protocol: z.literal("box-sse-v1").optional(),
});
export type CustomRunner = z.infer<typeof CustomRunner>;

export const NetworkPolicy = z.object({
  mode: z.enum(["allow-all", "deny-all", "custom"]),
  allowed_domains: z.array(z.string()).optional(),
  allowed_cidrs: z.array(z.string()).optional(),
  denied_cidrs: z.array(z.string()).optional(),
});
export type NetworkPolicy = z.infer<typeof NetworkPolicy>;

/** A tool server for the agent: an npm package that is started in the box, or an address. */
export const McpServer = z.object({
  name: z.string().min(1),
  source: z.enum(["npm", "url"]),
  package_or_url: z.string().min(1),
  args: z.array(z.string()).optional(),
  headers: z.record(z.string(), z.string()).optional(),
});
export type McpServer = z.infer<typeof McpServer>;

/** Three days: the default and the most that an ephemeral box lives. */
export const MAX_TTL_SECONDS = 259_200;

/** `POST /v2/box` */
export const CreateBoxRequest = z.object({
  name: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .describe("Letters, digits, ., _ and -; from then on it stands for the id."),
  labels: z
    .array(z.string())
    .max(MAX_LABELS)
    .optional()
    .describe("Each 1 to 20 of letters, digits, ., _, : and -."),
  size: BoxSize.optional(),
  keep_alive: z.boolean().optional().describe("It never pauses."),
  init_command: z
    .string()
    .optional()
    .describe("Run in a shell at every start; keep-alive boxes only."),
  agent: z
    .string()
    .min(1)
    .optional()
    .describe("claude-code, codex, opencode, cursor or custom. Default: what the model tells."),
  model: z.string().min(1).optional().describe("Needed with every agent but custom."),
  agent_api_key: z
    .string()
    .min(1)
    .optional()
    .describe("UPSTASH_KEY, STORED_KEY, or the model provider's key itself."),
  custom_runner: CustomRunner.optional().describe("The program of the agent custom."),
  runtime: z
    .string()
    .min(1)
    .optional()
    .describe("node, python, golang, ruby or rust, each also with -alpine."),
  github_token: z
    .string()
    .min(1)
    .optional()
    .describe("For clones, pushes and pull requests of this box."),
  git_user_name: z.string().min(1).optional(),
  git_user_email: z.string().min(1).optional(),
  env_vars: z
    .record(z.string(), z.string())
    .optional()
    .describe("Variables for every command of this box."),
  attach_headers: z
    .record(z.string(), z.record(z.string(), z.string()))
    .optional()
    .describe("Headers for requests that leave the box, by host pattern."),
  network_policy: NetworkPolicy.optional(),
  skills: z.array(z.string().min(1)).optional().describe("owner/repository/skill each."),
  mcp_servers: z.array(McpServer).optional(),
  ephemeral: z.boolean().optional().describe("It deletes itself after ttl."),
  ttl: z
    .number()
    .int()
    .positive()
    .max(MAX_TTL_SECONDS)
    .optional()
    .describe("Seconds until an ephemeral box deletes itself. Default: three days."),
});
export type CreateBoxRequest = z.infer<typeof CreateBoxRequest>;

/** What every route that answers with a box answers with. */
export const BoxData = z.object({
  id: z.string(),
  customer_id: z.string().optional(),
  name: z.string().optional(),
  labels: z.array(z.string()).optional(),
  size: BoxSize.optional(),
  keep_alive: z.boolean().optional(),
  agent: z.string().optional(),
  model: z.string().optional(),
  enabled_skills: z.array(z.string()).optional(),
  runtime: z.string().optional(),
  status: BoxStatus,
  network_policy: NetworkPolicy.optional(),
  clone_repo: z.string().optional(),
  total_input_tokens: z.number().optional(),
  total_output_tokens: z.number().optional(),
  total_prompts: z.number().optional(),
  session_id: z.string().optional(),
  total_cpu_ns: z.number().optional(),
  total_compute_cost_usd: z.number().optional(),
  total_token_cost_usd: z.number().optional(),
  use_managed_key: z
    .boolean()
    .optional()
    .describe("The agent's model is paid for by the service, not with a key of the user's."),
  last_activity_at: z.number().optional(),
  created_at: z.number(),
  updated_at: z.number(),
  ephemeral: z.boolean().optional(),
  expires_at: z.number().optional().describe("When an ephemeral box deletes itself."),
});
export type BoxData = z.infer<typeof BoxData>;

/** `GET /v2/box` */
export const ListBoxesQuery = z.object({
  label: z.string().min(1).optional().describe("Only boxes that have this label."),
});
export const ListBoxesResponse = z.array(BoxData);

/** `POST /from-snapshot`: what a create takes, over what the snapshot holds. */
export const FromSnapshotRequest = CreateBoxRequest.extend({ snapshot_id: z.string().min(1) });
export type FromSnapshotRequest = z.infer<typeof FromSnapshotRequest>;

/** `GET /{id}/status` */
export const StatusResponse = z.object({ status: BoxStatus });
export type StatusResponse = z.infer<typeof StatusResponse>;

/** `GET` and `PUT /{id}/startup`; keep-alive boxes only. */
export const StartupRequest = z.object({ init_command: z.string() });
export type StartupRequest = z.infer<typeof StartupRequest>;

/** `DELETE /v2/box` */
export const DeleteBoxesRequest = z.object({ ids: z.array(z.string().min(1)).min(1) });
export type DeleteBoxesRequest = z.infer<typeof DeleteBoxesRequest>;
