/**
 * The constants of the contract that both sides need and that need no schema. `wire.ts` hands them
 * on; they live apart so that the SDK loads without zod.
 *
 * @module
 */

/** The path that every route starts with. */
export const API_PREFIX = "/v2/box";

/** Carries the API key on every request. */
export const API_KEY_HEADER = "x-box-api-key";

/**
 * On a request that starts a run: the id that the client proposes for it, so that it can be cancelled
 * before anything was answered. On the answer: the id the run has. Servers may ignore it; the
 * original's exec ids are made by the client and unknown to the server (box-api §3.4, hazard 7).
 */
export const RUN_ID_HEADER = "x-box-run-id";

/** Names the request in the answer; errors carry it. */
export const REQUEST_ID_HEADER = "x-request-id";

/** An exec stream as binary frames, see `exec-frames.ts`. */
export const FRAMES_MEDIA_TYPE = "application/vnd.box.frames";

/** An exec stream as one JSON value a line, see `ExecStreamLine`. */
export const NDJSON_MEDIA_TYPE = "application/x-ndjson";

/** The names under which harnesses send the id of a tool call, in order of preference. */
export const TOOL_CALL_ID_KEYS = ["tool_call_id", "tool_use_id", "toolCallId", "id"] as const;

/**
 * The data of nearly every event of an agent run: words without an escape, which are found at a
 * quarter of what parsing them as JSON costs, on both sides.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON does not allow them within a string.
export const PLAIN_TEXT_EVENT = /^\{"text":"([^"\\\u0000-\u001f]*)"\}$/;
