import { BoxError } from "./box-error.ts";
import type {
  CustomHarnessContext,
  CustomHarnessDone,
  CustomHarnessEmitter,
  CustomHarnessHandler,
} from "./custom-harness.ts";

/** Where the program's arguments come from and its events go: for tests and embedding. */
export interface RunCustomHarnessOptions {
  /** @default process.argv.slice(2) */
  argv?: string[] | undefined;
  /** @default process.stdout.write */
  write?: ((piece: string) => void) | undefined;
}

interface HarnessProcess {
  argv: string[];
  stdout: { write(piece: string): unknown };
}

/**
 * Makes an agent program out of a function, for a box with `harness: Agent.Custom`: reads the prompt
 * from the arguments and writes what happens to standard output in box-sse-v1. Run it in the box.
 *
 * @throws Whatever the function throws, after the run was told to have failed.
 * @example
 * await runCustomHarness(async ({ prompt, model }, emit) => {
 *   emit.text(`${model} thinks about: ${prompt}`);
 *   return { output: "42", inputTokens: 7, outputTokens: 1 };
 * });
 */
export async function runCustomHarness(
  handler: CustomHarnessHandler,
  options: RunCustomHarnessOptions = {},
): Promise<void> {
  const { process } = globalThis as { process?: HarnessProcess };
  const write = options.write ?? ((piece: string) => void process?.stdout.write(piece));
  const context = readArguments(options.argv ?? process?.argv.slice(2) ?? []);
  const emitter = new Emitter(write, context.sessionId);
  try {
    const result = await handler(context, emitter);
    // A run that is never said to have ended would count as completed with no answer.
    if (result && typeof result === "object") emitter.done(result);
    else emitter.done({ output: result ?? emitter.said });
  } catch (error) {
    emitter.error(error instanceof Error ? error : String(error));
    throw error;
  }
}

/** `-p PROMPT --model MODEL --stream [--session ID]`, in any order; what else there is stays in `args`. */
function readArguments(args: string[]): CustomHarnessContext {
  const context: CustomHarnessContext = { prompt: "", model: "custom", stream: false, args };
  for (let index = 0; index < args.length; index++) {
    const next = () => args[++index] ?? "";
    const name = args[index];
    if (name === "-p" || name === "--prompt") context.prompt = next();
    else if (name === "--model") context.model = next();
    else if (name === "--session") context.sessionId = next() || undefined;
    else if (name === "--stream") context.stream = true;
  }
  return context;
}

class Emitter implements CustomHarnessEmitter {
  /** The words so far: the answer of a function that returns none. */
  said = "";
  readonly #write: (piece: string) => void;
  readonly #sessionId: string | undefined;
  #ended = false;

  constructor(write: (piece: string) => void, sessionId: string | undefined) {
    this.#write = write;
    this.#sessionId = sessionId;
  }

  text(text: string): void {
    this.said += text;
    this.emit("text", { text });
  }

  reasoning(text: string): void {
    this.emit("thinking", { text });
  }

  tool({ name, input = {}, toolCallId }: Parameters<CustomHarnessEmitter["tool"]>[0]): void {
    this.emit("tool", { name, input, toolCallId });
  }

  toolResult({ output, toolCallId }: Parameters<CustomHarnessEmitter["toolResult"]>[0]): void {
    this.emit("tool_result", { output, toolCallId });
  }

  done(result: CustomHarnessDone): void {
    this.emit("done", { output: result.output, ...this.#spent(result) });
    this.#ended = true;
  }

  error(error: Error | string, spent: Partial<Omit<CustomHarnessDone, "output">> = {}): void {
    const message = error instanceof Error ? error.message : error;
    this.emit("error", { error: message, ...this.#spent(spent) });
    this.#ended = true;
  }

  emit(event: string, data: unknown): void {
    if (/[\r\n]/.test(event)) {
      throw new BoxError(
        "invalid_argument",
        "Expected the event to have a name of one line. Put the rest into its data.",
      );
    }
    if (!this.#ended) this.#write(`event: ${event}\ndata: ${JSON.stringify(data) ?? "null"}\n\n`);
  }

  #spent(result: Partial<CustomHarnessDone>) {
    return {
      input_tokens: result.inputTokens ?? 0,
      output_tokens: result.outputTokens ?? 0,
      cached_input_tokens: result.cachedInputTokens ?? 0,
      total_cost_usd: result.totalCostUsd ?? 0,
      // Without one of its own a run goes on with the conversation that it was started in.
      session_id: result.sessionId ?? this.#sessionId ?? "",
    };
  }
}
