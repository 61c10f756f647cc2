import { z } from "zod";
import { Folder } from "./folder.ts";

/** The longest that a timer can wait: some 24 days. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

const Common = {
  cron: z.string().min(1).describe("Five fields, in UTC."),
  folder: Folder,
  model: z.string().optional().describe("Of a prompt. Default: the box's."),
  agent_options: z
    .record(z.string(), z.unknown())
    .optional()
    .describe("Of a prompt: the harness's own options."),
  timeout: z
    .number()
    .int()
    .positive()
    .max(MAX_TIMEOUT_MS)
    .optional()
    .describe("Milliseconds that one run may take. Default: no limit."),
  webhook_url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("Where the end of each run is told."),
  webhook_headers: z.record(z.string(), z.string()).optional(),
};

/** `POST /{id}/schedules` */
export const CreateScheduleRequest = z.discriminatedUnion("type", [
  z.object({ type: z.literal("exec"), command: z.array(z.string()).min(1), ...Common }),
  z.object({ type: z.literal("prompt"), prompt: z.string().min(1), ...Common }),
]);
export type CreateScheduleRequest = z.infer<typeof CreateScheduleRequest>;

/**
 * `PATCH /{id}/schedules/{schedule}`. "", [], {} and 0 clear a field, null clears `agent_options`; a
 * schedule keeps its type.
 */
export const UpdateScheduleRequest = z.object({
  type: z.enum(["exec", "prompt"]).optional(),
  cron: z.string().min(1).optional(),
  command: z.array(z.string()).optional(),
  prompt: z.string().optional(),
  folder: z.string().optional(),
  model: z.string().optional(),
  agent_options: z.record(z.string(), z.unknown()).nullable().optional(),
  timeout: z.number().int().nonnegative().max(MAX_TIMEOUT_MS).optional(),
  webhook_url: z.union([z.literal(""), z.url({ protocol: /^https?$/ })]).optional(),
  webhook_headers: z.record(z.string(), z.string()).optional(),
});
export type UpdateScheduleRequest = z.infer<typeof UpdateScheduleRequest>;

/** A command or prompt that is run again and again. */
export const Schedule = z.object({
  id: z.string(),
  box_id: z.string(),
  customer_id: z.string().optional(),
  type: z.enum(["exec", "prompt"]),
  cron: z.string(),
  command: z.array(z.string()).optional(),
  prompt: z.string().optional(),
  folder: z.string().optional(),
  model: z.string().optional(),
  agent_options: z.record(z.string(), z.unknown()).optional(),
  timeout: z.number().optional(),
  status: z.enum(["active", "paused", "deleted"]),
  webhook_url: z.string().optional(),
  webhook_headers: z.record(z.string(), z.string()).optional(),
  last_run_at: z.number().optional(),
  last_run_status: z.enum(["completed", "failed", "skipped"]).optional(),
  last_run_id: z.string().optional(),
  total_runs: z.number(),
  total_failures: z.number(),
  created_at: z.number(),
  updated_at: z.number(),
});
export type Schedule = z.infer<typeof Schedule>;

/** `GET /{id}/schedules` */
export const ListSchedulesResponse = z.array(Schedule);
