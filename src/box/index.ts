/**
 * The Box SDK: `import { Box } from "box-action/box"`.
 *
 * @module
 */

/** `box.agent`. */
export type {
  AgentRunOptions,
  AgentStreamOptions,
  BoxAgent,
  ToolResult,
  ToolUse,
} from "./agent.ts";
/** What an agent run hands out. */
export type { AgentChunk, AgentUsage } from "./agent-chunk.ts";
/** The agent programs. */
export { Agent } from "./agent-name.ts";
/** What goes with a prompt. */
export type { PromptFile, WebhookConfig } from "./agent-request.ts";
/** What every box has. */
export type { BaseBox } from "./base-box.ts";
/** The box. */
export { Box } from "./box.ts";
/** Where the model provider's key comes from. */
export { BoxApiKey } from "./box-api-key.ts";
/** The one error. */
export { BoxError, type BoxErrorCode } from "./box-error.ts";
/** What `exec.code` gives. */
export type { CodeRun } from "./code-run.ts";
/** What an agent program of one's own is made of. */
export type {
  CustomHarnessContext,
  CustomHarnessDone,
  CustomHarnessEmitter,
  CustomHarnessHandler,
} from "./custom-harness.ts";
/** Several boxes at once. */
export type { DeleteBoxesOptions } from "./delete-boxes.ts";
/** What `files.download` takes. */
export type { DownloadOptions } from "./download.ts";
/** A box that deletes itself. */
export { EphemeralBox } from "./ephemeral-box.ts";
/** `box.exec`. */
export type { CodeOptions, Exec, ExecStreamOptions } from "./exec.ts";
/** What a command hands out. */
export type { ExecChunk } from "./exec-chunk.ts";
/** What `exec.session` gives and takes. */
export type { ExecSession } from "./exec-session.ts";
export type { ExecSessionOptions } from "./exec-session-options.ts";
/** `box.files`. */
export type { Files, ReadFileOptions, WriteFileOptions } from "./files.ts";
/** `box.git`. */
export type {
  Git,
  GitCallOptions,
  GitCloneOptions,
  GitCommitOptions,
  GitConfig,
  GitConfigOptions,
  GitExecResult,
  GitPullRequestOptions,
  PullRequest,
} from "./git.ts";
/** Settings of the agent programs. */
export type {
  ClaudeCodeAgentOptions,
  CodexAgentOptions,
  CursorAgentOptions,
  HarnessOptions,
  OpenCodeAgentOptions,
} from "./harness-options.ts";
/** The agent program that a model is for. */
export {
  inferDefaultProvider,
  inferDefaultProvider as inferDefaultRunner,
} from "./infer-default-provider.ts";
/** `box.labels`. */
export type { Labels } from "./labels.ts";
/** Which agent works in a box. */
export type { ModelConfig } from "./model-config.ts";
/** Names for models. */
export {
  ClaudeCode,
  CursorModel,
  OpenAICodex,
  OpenCodeModel,
  OpenRouterModel,
  VercelModel,
} from "./models.ts";
/** Options. */
export type {
  AccountCallOptions,
  AgentOptions,
  CallOptions,
  ConnectionOptions,
  CreateBoxOptions,
  CreateEphemeralBoxOptions,
  CustomHarness,
  GetBoxOptions,
  GitOptions,
  ListBoxesOptions,
  McpServerOptions,
  NetworkPolicyOptions,
  RunOptions,
  Runtime,
} from "./options.ts";
/** What programs for the original call these types. */
export type {
  AgentConfig,
  BoxConfig,
  BoxConnectionOptions,
  BoxGetOptions,
  BoxRunData,
  Chunk,
  CustomHarnessConfig,
  EphemeralBoxConfig,
  EphemeralBoxData,
  ListOptions,
  McpServerConfig,
  NetworkPolicy,
  Preview,
  ScheduleStatus,
  WebhookPayload,
} from "./original-names.ts";
/** Addresses of a box's ports. */
export type { PublicURL, PublicURLOptions } from "./public-urls.ts";
/** What `responseSchema` takes. */
export type { ResponseSchema } from "./response-schema.ts";
/** A line of `run.logs()`. */
export type { RunLog } from "./run.ts";
/** One command or agent run. */
export { Run } from "./run.ts";
/** An agent program of one's own. */
export { type RunCustomHarnessOptions, runCustomHarness } from "./run-custom-harness.ts";
/** What a run has used. */
export type { RunCost } from "./run-state.ts";
/** What schedules take. */
export type {
  AgentScheduleOptions,
  ExecScheduleOptions,
  UpdateScheduleOptions,
} from "./schedule-options.ts";
/** `box.schedule`. */
export type { Schedules } from "./schedules.ts";
/** `box.skills`. */
export type { Skills } from "./skills.ts";
/** What snapshots take. */
export type { DeleteSnapshotsOptions, SnapshotOptions } from "./snapshots.ts";
/** A run that is read while it goes on. */
export { StreamRun } from "./stream-run.ts";
/** What `files.upload` takes. */
export type { UploadEntry } from "./upload.ts";
/** What opens WebSockets. */
export type { WebSocketConstructor, WebSocketLike } from "./web-socket.ts";
/** What the service says, in its own words. */
export type {
  BoxData,
  BoxSize,
  BoxStatus,
  FileEntry,
  LogEntry,
  RunRecord,
  RunStatus,
  Schedule,
  Snapshot,
  WebhookEvent,
} from "./wire.ts";
