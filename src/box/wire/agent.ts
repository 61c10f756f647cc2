import { z } from "zod";

/** Files that go with a prompt, and the bytes of each. */
export const MAX_PROMPT_FILES = 10;
export const MAX_PROMPT_FILE_BYTES = 10 * 1024 * 1024;

/** A file that goes with a prompt. `data` is base64. */
export const PromptFile = z.object({
  data: z.string(),
  media_type: z.string().optional(),
  filename: z.string().min(1),
});
export type PromptFile = z.infer<typeof PromptFile>;

/** Where the end of a run is told: a POST of {@link WebhookEvent}. */
export const Webhook = z.object({
  url: z.url({ protocol: /^https?$/ }),
  headers: z.record(z.string(), z.string()).optional(),
});
export type Webhook = z.infer<typeof Webhook>;

/** `POST /{id}/run/stream` */
export const AgentRunRequest = z.object({
  prompt: z.string().min(1),
  folder: z.string().optional(),
  json_schema: z.record(z.string(), z.unknown()).optional(),
  agent_options: z.record(z.string(), z.unknown()).optional(),
  /** At most {@link MAX_PROMPT_FILES} of {@link MAX_PROMPT_FILE_BYTES}; also as multipart parts named `files`. */
  files: z.array(PromptFile).max(MAX_PROMPT_FILES).optional(),
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

/** `POST /{id}/run` with a webhook: answered at once, the run goes on. */
export const AgentRunInBackgroundRequest = AgentRunRequest.extend({ webhook: Webhook.optional() });
export type AgentRunInBackgroundRequest = z.infer<typeof AgentRunInBackgroundRequest>;
export const AgentRunInBackgroundResponse = z.object({ run_id: z.string() });

/** The body of a webhook's POST when a run has ended. */
export const WebhookEvent = z.object({
  box_id: z.string(),
  status: z.enum(["completed", "failed"]),
  run_id: z.string(),
  output: z.string().optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
  error: z.string().optional(),
});
export type WebhookEvent = z.infer<typeof WebhookEvent>;
