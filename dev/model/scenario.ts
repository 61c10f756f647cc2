import { z } from "zod";

/** What any program can be asked to do; turned into the tool that the asking program has for it. */
const ToolCall = z.union([
  z.strictObject({ tool: z.literal("write"), path: z.string(), content: z.string() }),
  z.strictObject({ tool: z.literal("edit"), path: z.string(), old: z.string(), new: z.string() }),
  z.strictObject({ tool: z.literal("read"), path: z.string() }),
  z.strictObject({ tool: z.literal("shell"), command: z.string() }),
  z.strictObject({
    /** A tool by its own name; of an MCP server as `server/tool`. */
    exact: z.string().min(1),
    input: z.record(z.string(), z.unknown()),
  }),
]);
export type ToolCall = z.infer<typeof ToolCall>;

const Usage = z.strictObject({
  /** All input, also what came from the cache. */
  input: z.number().int().nonnegative().default(100),
  cachedInput: z.number().int().nonnegative().default(0),
  output: z.number().int().nonnegative().default(20),
});
export type Usage = z.infer<typeof Usage>;

/** One answer of the model. */
const Turn = z.strictObject({
  thinking: z.string().optional(),
  text: z.string().optional(),
  tools: z.array(ToolCall).optional(),
  /** Structured output: by the program's own tool for it, or as JSON. */
  answer: z.record(z.string(), z.unknown()).optional(),
  /** Text of so many bytes, as fast as it is read; for benches. */
  bytes: z.number().int().positive().optional(),
  usage: Usage.prefault({}),
  /** US dollars, as OpenRouter tells them. */
  costUsd: z.number().optional(),
  /** Before the first byte. */
  delayMs: z.number().nonnegative().optional(),
  /** Between the pieces of a stream. */
  pieceDelayMs: z.number().nonnegative().optional(),
  pieceCharacters: z.number().int().positive().default(24),
  /** The connection breaks after so many events. */
  cutAfterEvents: z.number().int().nonnegative().optional(),
  /** An error instead of an answer. */
  status: z.number().int().min(400).max(599).optional(),
  retryAfterSeconds: z.number().nonnegative().optional(),
  message: z.string().optional(),
});
export type Turn = z.infer<typeof Turn>;

/** What the model does, one turn after the other; the last is repeated when more is asked. */
export const Scenario = z.strictObject({
  /** Words of the prompt that the scenario is for. @default every prompt that no other is for */
  match: z.string().min(1).optional(),
  turns: z.array(Turn).min(1),
});
export type Scenario = z.infer<typeof Scenario>;
/** As people write it. */
export type ScenarioInput = z.input<typeof Scenario>;
