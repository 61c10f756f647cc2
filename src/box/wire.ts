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
export * from "./wire/agent.ts";
export * from "./wire/box.ts";
export * from "./wire/exec.ts";
export * from "./wire/files.ts";
export * from "./wire/git.ts";
export * from "./wire/previews.ts";
export * from "./wire/runs.ts";
export * from "./wire/schedules.ts";
export * from "./wire/settings.ts";
export * from "./wire/snapshots.ts";

/** The body of every answer with a status of 400 or above; `code` and `request_id` are ours. */
export const ErrorResponse = z.object({
  error: z.string().describe("What was wrong, and what to do."),
  code: z.string().optional().describe("For machines; it stays the same."),
  request_id: z.string().optional().describe("As in X-Request-Id."),
});
export type ErrorResponse = z.infer<typeof ErrorResponse>;

/** `GET /healthz` */
export const HealthResponse = z.object({ ok: z.literal(true) });
