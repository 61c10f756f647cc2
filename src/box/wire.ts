/**
 * The Box REST API v2, once: every request and response body as a zod schema.
 *
 * The SDK takes its types from here and the engine validates requests with it, so that the two
 * cannot drift apart. Bodies are snake_case; times are unix seconds unless a field says otherwise.
 * Unknown fields are dropped, never refused: newer clients add fields.
 *
 * @module
 */
import { z } from "zod";

export * from "./exec-frames.ts";
export * from "./protocol.ts";

/** Where a box is in its life: `creating → idle ⇄ running`, `paused` until woken, `error`, `deleted`. */
export const BoxStatus = z.enum(["creating", "idle", "running", "paused", "error", "deleted"]);
export type BoxStatus = z.infer<typeof BoxStatus>;

export const BoxSize = z.enum(["small", "medium", "large"]);
export type BoxSize = z.infer<typeof BoxSize>;

/** Where a run is in its life; `detached` is client-side only: the reader left, the run goes on. */
export const RunStatus = z.enum(["running", "completed", "failed", "cancelled", "detached"]);
export type RunStatus = z.infer<typeof RunStatus>;

/** At most 20 characters of the set the service accepts, at most 5 a box. */
export const LABEL_PATTERN = /^[A-Za-z0-9._:-]{1,20}$/;

/** A user's own agent program; it speaks box-sse-v1 on its standard output. */
export const CustomRunner = z.object({
  /** A name on the box's PATH, or an absolute path under `/workspace/home` or `/home/boxuser`. */
  command: z.string().min(1),
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

/** `POST /v2/box` */
export const CreateBoxRequest = z.object({
  name: z.string().min(1).max(128).optional(),
  labels: z.array(z.string()).max(5).optional(),
  size: BoxSize.optional(),
  keep_alive: z.boolean().optional(),
  init_command: z.string().optional(),
  agent: z.string().min(1).optional(),
  model: z.string().min(1).optional(),
  agent_api_key: z.string().min(1).optional(),
  custom_runner: CustomRunner.optional(),
  runtime: z.string().min(1).optional(),
  github_token: z.string().min(1).optional(),
  git_user_name: z.string().min(1).optional(),
  git_user_email: z.string().min(1).optional(),
  env_vars: z.record(z.string(), z.string()).optional(),
  attach_headers: z.record(z.string(), z.record(z.string(), z.string())).optional(),
  network_policy: NetworkPolicy.optional(),
  skills: z.array(z.string()).optional(),
  mcp_servers: z.array(z.record(z.string(), z.unknown())).optional(),
  ephemeral: z.boolean().optional(),
  ttl: z.number().int().positive().optional(),
});
export type CreateBoxRequest = z.infer<typeof CreateBoxRequest>;

/** What every route that answers with a box answers with. */
export const BoxData = z.object({
  id: z.string(),
  name: z.string().optional(),
  labels: z.array(z.string()).optional(),
  size: BoxSize.optional(),
  keep_alive: z.boolean().optional(),
  agent: z.string().optional(),
  model: z.string().optional(),
  runtime: z.string().optional(),
  status: BoxStatus,
  network_policy: NetworkPolicy.optional(),
  total_input_tokens: z.number().optional(),
  total_output_tokens: z.number().optional(),
  total_prompts: z.number().optional(),
  session_id: z.string().optional(),
  last_activity_at: z.number().optional(),
  created_at: z.number(),
  updated_at: z.number(),
  ephemeral: z.boolean().optional(),
  expires_at: z.number().optional(),
});
export type BoxData = z.infer<typeof BoxData>;

/** `DELETE /v2/box` */
export const DeleteBoxesRequest = z.object({ ids: z.array(z.string().min(1)).min(1) });
export type DeleteBoxesRequest = z.infer<typeof DeleteBoxesRequest>;

/** `POST /{id}/exec` and `POST /{id}/exec-stream` */
export const ExecRequest = z.object({
  command: z.array(z.string()).min(1),
  /** Relative to `/workspace/home`, or absolute. */
  folder: z.string().optional(),
});
export type ExecRequest = z.infer<typeof ExecRequest>;

/** `output` is standard output, `error` standard error. */
export const ExecResponse = z.object({
  exit_code: z.number(),
  output: z.string(),
  error: z.string().optional(),
});
export type ExecResponse = z.infer<typeof ExecResponse>;

/** The last frame of an exec stream. */
export const ExecExit = z.object({ exit_code: z.number(), cpu_ns: z.number().optional() });
export type ExecExit = z.infer<typeof ExecExit>;

/**
 * One line of an exec stream asked for with `Accept: application/x-ndjson`, for readers without a
 * frame decoder; the SDK asks for frames (`exec-frames.ts`), which are three times as fast. The
 * original's stream carries its end in band, where a program can print it too (box-api §3.4,
 * hazard 3); these two cannot be forged. `data` is base64. A blank line is a keep-alive.
 */
export const ExecStreamLine = z.discriminatedUnion("type", [
  z.object({ type: z.literal("stdout"), data: z.string() }),
  z.object({ type: z.literal("stderr"), data: z.string() }),
  ExecExit.extend({ type: z.literal("exit") }),
  z.object({ type: z.literal("error"), error: z.string() }),
]);
export type ExecStreamLine = z.infer<typeof ExecStreamLine>;

/** `POST /{id}/run/stream` */
export const AgentRunRequest = z.object({
  prompt: z.string().min(1),
  folder: z.string().optional(),
  json_schema: z.record(z.string(), z.unknown()).optional(),
  agent_options: z.record(z.string(), z.unknown()).optional(),
});
export type AgentRunRequest = z.infer<typeof AgentRunRequest>;

/** The data of each server-sent event of an agent run, by event name. */
export const AgentEventData = {
  run_start: z.object({ run_id: z.string() }),
  text: z.object({ text: z.string() }),
  thinking: z.object({ text: z.string() }),
  tool: z.looseObject({ name: z.string(), input: z.unknown() }),
  tool_result: z.looseObject({ output: z.unknown() }),
  done: z.object({
    output: z.string(),
    input_tokens: z.number().default(0),
    output_tokens: z.number().default(0),
    cached_input_tokens: z.number().optional(),
    total_cost_usd: z.number().optional(),
    session_id: z.string().optional(),
  }),
  stats: z.object({ cpu_ns: z.number(), memory_peak_bytes: z.number().optional() }),
  error: z.object({ error: z.string() }),
} as const;
export type AgentEventName = keyof typeof AgentEventData;

/** `POST /{id}/files/write` */
export const WriteFileRequest = z.object({
  path: z.string().min(1),
  content: z.string(),
  encoding: z.enum(["utf8", "utf-8", "base64"]).optional(),
});
export type WriteFileRequest = z.infer<typeof WriteFileRequest>;

export const ReadFileResponse = z.object({ content: z.string() });
export type ReadFileResponse = z.infer<typeof ReadFileResponse>;

export const FileEntry = z.object({
  name: z.string(),
  path: z.string(),
  size: z.number(),
  is_dir: z.boolean(),
  /** RFC 3339. */
  mod_time: z.string(),
});
export type FileEntry = z.infer<typeof FileEntry>;

export const ListFilesResponse = z.object({ files: z.array(FileEntry).nullable() });
export type ListFilesResponse = z.infer<typeof ListFilesResponse>;

/** `POST /{id}/git/clone` */
export const GitCloneRequest = z.object({
  repo: z.string().min(1),
  branch: z.string().min(1).optional(),
  github_token: z.string().min(1).optional(),
  depth: z.number().int().positive().optional(),
  folder: z.string().optional(),
});
export type GitCloneRequest = z.infer<typeof GitCloneRequest>;

export const GitDiffResponse = z.object({ diff: z.string() });
export const GitStatusResponse = z.object({ status: z.string() });

/** `POST /{id}/git/commit` */
export const GitCommitRequest = z.object({
  message: z.string().min(1),
  author_name: z.string().min(1).optional(),
  author_email: z.string().min(1).optional(),
  folder: z.string().optional(),
});
export type GitCommitRequest = z.infer<typeof GitCommitRequest>;

export const GitCommitResponse = z.object({ sha: z.string(), message: z.string() });
export type GitCommitResponse = z.infer<typeof GitCommitResponse>;

/** `POST /{id}/git/exec` */
export const GitExecRequest = z.object({
  args: z.array(z.string()).min(1),
  folder: z.string().optional(),
});
export type GitExecRequest = z.infer<typeof GitExecRequest>;

export const GitExecResponse = z.object({ output: z.string(), exit_code: z.number().optional() });
export type GitExecResponse = z.infer<typeof GitExecResponse>;

/** `POST /{id}/git/checkout` */
export const GitCheckoutRequest = z.object({
  branch: z.string().min(1),
  folder: z.string().optional(),
});
export type GitCheckoutRequest = z.infer<typeof GitCheckoutRequest>;

/** One record of `GET /{id}/runs`. */
export const RunRecord = z.looseObject({
  id: z.string(),
  box_id: z.string(),
  type: z.string(),
  status: z.string(),
  prompt: z.string().optional(),
  created_at: z.number(),
});
export type RunRecord = z.infer<typeof RunRecord>;

/** The body of every answer with a status of 400 or above; `code` and `request_id` are ours. */
export const ErrorResponse = z.object({
  error: z.string(),
  code: z.string().optional(),
  request_id: z.string().optional(),
});
export type ErrorResponse = z.infer<typeof ErrorResponse>;
