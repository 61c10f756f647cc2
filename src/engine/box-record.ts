import { join } from "node:path";
import { z } from "zod";
import { BoxData, CustomRunner, McpServer } from "../box/wire.ts";
import { JsonFile } from "./store/json-file.ts";

/** What the engine keeps of a box: its public data and what only the engine may know. */
export const BoxRecord = BoxData.extend({
  /** Distinguishes the living boxes of an engine; see `SandboxSpec.slot`. */
  slot: z.number().int().nonnegative(),
  /** Ids of the immutable layers below the box's own changes, topmost first: `<data>/layers/<id>`. */
  layers: z.array(z.string()).default([]),
  /** See `SandboxSpec.base`. */
  base: z.string().optional(),
  /** What of `network_policy` the driver is told. */
  network: z.enum(["allow-all", "deny-all"]).default("deny-all"),
  init_command: z.string().optional(),
  custom_runner: CustomRunner.optional(),
  agent_api_key: z.string().optional(),
  /** Whose the key is: it is shown to no other provider when the model changes. */
  agent_key_provider: z.string().optional(),
  mcp_servers: z.array(McpServer).optional(),
  /** Where the conversation of `session_id` was held; undefined: it does not matter. */
  session_folder: z.string().optional(),
  /** Files of a repository are away for an agent's run; see `HiddenFiles`. */
  hides_files: z.boolean().optional(),
  github_token: z.string().optional(),
  /** URLs of the repositories that a client has named; the token is sent to no other. */
  repositories: z.array(z.string()).optional(),
  env_vars: z.record(z.string(), z.string()),
});
export type BoxRecord = z.infer<typeof BoxRecord>;

/** What a box from a snapshot takes over from the box that the snapshot was made of. */
export const BoxOrigin = BoxRecord.pick({
  slot: true,
  layers: true,
  base: true,
  network_policy: true,
  size: true,
  runtime: true,
  agent: true,
  model: true,
  custom_runner: true,
  agent_api_key: true,
  agent_key_provider: true,
  enabled_skills: true,
  mcp_servers: true,
  hides_files: true,
  clone_repo: true,
  repositories: true,
  env_vars: true,
});
export type BoxOrigin = z.infer<typeof BoxOrigin>;

/** The record as clients see it: the schema drops what is the engine's alone. */
export function publicData(record: BoxRecord): BoxData {
  return BoxData.parse(record);
}

/** Where the record of the box in this folder is kept. */
export function recordFile(folder: string): JsonFile<typeof BoxRecord> {
  return new JsonFile(join(folder, "box.json"), BoxRecord);
}
