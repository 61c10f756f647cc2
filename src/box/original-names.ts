/**
 * The names that types have in the original SDK, for programs that were written against it.
 *
 * @module
 */
import type { AgentChunk } from "./agent-chunk.ts";
import type {
  AccountCallOptions,
  AgentOptions,
  CreateBoxOptions,
  CreateEphemeralBoxOptions,
  CustomHarness,
  GetBoxOptions,
  ListBoxesOptions,
  McpServerOptions,
  NetworkPolicyOptions,
} from "./options.ts";
import type { PublicURL } from "./public-urls.ts";
import type { BoxData, RunRecord, Schedule, WebhookEvent } from "./wire.ts";

/** @deprecated Say {@link AgentOptions}. */
export type AgentConfig = AgentOptions;
/** @deprecated Say {@link CreateBoxOptions}. */
export type BoxConfig = CreateBoxOptions;
/** @deprecated Say {@link AccountCallOptions}. */
export type BoxConnectionOptions = AccountCallOptions;
/** @deprecated Say {@link GetBoxOptions}. */
export type BoxGetOptions = GetBoxOptions;
/** @deprecated Say {@link RunRecord}. */
export type BoxRunData = RunRecord;
/** @deprecated Say {@link AgentChunk}. */
export type Chunk = AgentChunk;
/** @deprecated Say {@link CustomHarness}. */
export type CustomHarnessConfig = CustomHarness;
/** @deprecated Say {@link CreateEphemeralBoxOptions}. */
export type EphemeralBoxConfig = CreateEphemeralBoxOptions;
/** @deprecated Say {@link BoxData}. */
export type EphemeralBoxData = BoxData & { ephemeral: boolean; expires_at: number };
/** @deprecated Say {@link ListBoxesOptions}. */
export type ListOptions = ListBoxesOptions;
/** @deprecated Say {@link McpServerOptions}. */
export type McpServerConfig = McpServerOptions;
/** @deprecated Say {@link NetworkPolicyOptions}. */
export type NetworkPolicy = NetworkPolicyOptions;
/** @deprecated Say {@link PublicURL}. */
export type Preview = PublicURL;
/** @deprecated Say `Schedule["status"]`. */
export type ScheduleStatus = Schedule["status"];
/** @deprecated Say {@link WebhookEvent}. */
export type WebhookPayload = WebhookEvent;
