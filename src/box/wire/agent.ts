import { z } from "zod";
import { Folder } from "./folder.ts";

/** Files that go with a prompt, and the bytes of each. */
export const MAX_PROMPT_FILES = 10;
export const MAX_PROMPT_FILE_BYTES = 10 * 1024 * 1024;

/** A file that goes with a prompt. */
export const PromptFile = z.object({
  data: z.string().describe("Base64."),
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
  folder: Folder,
  json_schema: z
    .record(z.string(), z.unknown())
    .optional()
    .describe("A JSON schema; the answer's output is then JSON of that form, as text."),
  agent_options: z
    .record(z.string(), z.unknown())
    .optional()
    .describe("The harness's own options, handed on as they are."),
  files: z
    .array(PromptFile)
    .max(MAX_PROMPT_FILES)
    .optional()
    .describe("Each of at most 10 MiB; also as parts of a form."),
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
export const AgentRunInBackgroundRequest = AgentRunRequest.extend({
  webhook: Webhook.optional().describe("Where the end of the run is told."),
});
export type AgentRunInBackgroundRequest = z.infer<typeof AgentRunInBackgroundRequest>;

const PromptFiles = z
  .array(z.file())
  .max(MAX_PROMPT_FILES)
  .optional()
  .describe("Each of at most 10 MiB, a part of this name each.");

/** {@link AgentRunRequest} as a form: what is an object is a field with its JSON. */
export const AgentRunForm = AgentRunRequest.extend({ files: PromptFiles });

/** {@link AgentRunInBackgroundRequest} as a form. */
export const AgentRunInBackgroundForm = AgentRunInBackgroundRequest.extend({ files: PromptFiles });

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
