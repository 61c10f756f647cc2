import { z } from "zod";

/** Where a run is in its life; `detached` is client-side only: the reader left, the run goes on. */
export const RunStatus = z.enum(["running", "completed", "failed", "cancelled", "detached"]);
export type RunStatus = z.infer<typeof RunStatus>;

/** One record of `GET /{id}/runs`, newest first. A shell run of an engine has exactly the keys that are not optional. */
export const RunRecord = z.looseObject({
  id: z.string(),
  box_id: z.string(),
  customer_id: z.string().optional(),
  type: z.string().describe("shell or agent."),
  status: z
    .string()
    .describe("running, completed, failed, cancelled, or skipped for a scheduled run."),
  prompt: z.string().optional(),
  input_tokens: z.number().optional(),
  output_tokens: z.number().optional(),
  cpu_ns: z.number().optional(),
  cost_usd: z.number().optional(),
  compute_cost_usd: z.number().optional(),
  duration_ms: z.number().optional(),
  created_at: z.number(),
  completed_at: z.number().optional(),
  model: z.string().optional(),
  output: z.string().optional(),
  cached_input_tokens: z.number().optional(),
  memory_peak_bytes: z.number().optional(),
  error_message: z.string().optional(),
  session_id: z.string().optional(),
  schedule_id: z.string().optional(),
});
export type RunRecord = z.infer<typeof RunRecord>;

/** `GET /{id}/runs` */
export const ListRunsResponse = z.object({ runs: z.array(RunRecord) });

/** One entry of `GET /{id}/logs`; exactly these keys. */
export const LogEntry = z.object({
  timestamp: z.number().describe("Unix seconds."),
  level: z.enum(["info", "warn", "error"]),
  source: z.enum(["system", "agent", "user"]),
  message: z.string(),
});
export type LogEntry = z.infer<typeof LogEntry>;

/** `POST /{id}/runs/{run}/cancel` */
export const CancelRunResponse = z.object({
  cancelled: z.boolean().describe("false for a run that had ended."),
});

/** `GET /{id}/logs`, oldest first. */
export const ListLogsQuery = z.object({
  offset: z.coerce.number().int().nonnegative().optional().describe("Entries to leave out."),
  limit: z.coerce.number().int().positive().optional().describe("The most entries to answer."),
});
export const ListLogsResponse = z.object({ logs: z.array(LogEntry) });
