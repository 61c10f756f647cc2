import { createParser } from "eventsource-parser";
import { AgentEventData, type AgentEventName, PLAIN_TEXT_EVENT } from "../../box/wire.ts";
import { EngineError } from "../engine-error.ts";
import { BOX_USER, WORKSPACE } from "../paths.ts";
import type { AgentEvent, Harness } from "./harness.ts";

/** Longest single event that a harness may send; what it prints goes on to the client. */
const EVENT_LIMIT_CHARACTERS = 10 * 1024 * 1024;

/** Linux's MAX_ARG_STRLEN: the prompt is one argument of the program. */
const PROMPT_LIMIT_BYTES = 128 * 1024 - 1;

/** The schema of the answer, for programs that hand it on; the prompt says it too. */
const SCHEMA_VARIABLE = "BOX_JSON_SCHEMA";

/** A user's own agent program. It prints box-sse-v1: the events of the API without `run_start`. */
export const customHarness: Harness = {
  name: "custom",
  package: undefined,
  format: () => undefined,
  hidden: [],
  skills: undefined,
  takesSchema: false,

  launch({ program, prompt, model, session, request }) {
    if (program === undefined) {
      throw new EngineError(400, "no_agent", "The box has no custom_runner; configure one first.");
    }
    refuseOptions(request.agent_options);
    if (Buffer.byteLength(prompt) > PROMPT_LIMIT_BYTES) {
      throw new EngineError(
        413,
        "prompt_too_large",
        `prompt: more than ${PROMPT_LIMIT_BYTES} bytes do not fit into an argument; write it to a file and name the file.`,
      );
    }
    const env: Record<string, string> = {};
    if (request.json_schema !== undefined)
      env[SCHEMA_VARIABLE] = JSON.stringify(request.json_schema);
    return {
      argv: [
        requireRunnable(program.command),
        ...(program.args ?? []),
        ...["-p", prompt],
        ...["--model", model ?? "custom"],
        "--stream",
        ...(session === undefined ? [] : ["--session", session]),
      ],
      env,
    };
  },

  parser(emit) {
    // A character may be cut in two between chunks.
    const decoder = new TextDecoder();
    const parser = createParser({
      maxBufferSize: EVENT_LIMIT_CHARACTERS,
      onEvent: (event) => emit(checked(event.event ?? "message", event.data)),
      onError(error) {
        // Lines that are no field of an event are the program's chatter, not a failure.
        if (error.type === "max-buffer-size-exceeded") {
          emit({ name: "error", data: { error: "The agent sent an event that is too large." } });
        }
      },
    });
    return {
      push: (chunk) => parser.feed(decoder.decode(chunk, { stream: true })),
      // It says everything in its events.
      end: () => undefined,
      session: undefined,
    };
  },
};

function refuseOptions(options: object = {}): void {
  if (Object.keys(options).length === 0) return;
  throw new EngineError(
    501,
    "not_supported",
    "agent_options are not supported with a custom agent; put them into custom_runner.args.",
  );
}

/** box-api §3.6: a name on PATH, or an absolute path in the two places that a user may write to. */
function requireRunnable(command: string): string {
  const isName = /^[^/]+$/.test(command);
  const isOwn = [WORKSPACE, BOX_USER.home].some((root) => command.startsWith(`${root}/`));
  if (isName || (isOwn && !command.split("/").includes(".."))) return command;
  throw new EngineError(
    400,
    "invalid_request",
    `custom_runner.command: ${command} must be a name on PATH or an absolute path under ${WORKSPACE} or ${BOX_USER.home}.`,
  );
}

function checked(name: string, text: string): AgentEvent {
  const plain = name === "text" ? PLAIN_TEXT_EVENT.exec(text)?.[1] : undefined;
  if (plain !== undefined) return { name, data: { text: plain }, json: text };
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return { name: "error", data: { error: `The agent sent a ${name} event that is not JSON.` } };
  }
  if (name === "text" && typeof (data as { text?: unknown } | null)?.text === "string") {
    return { name, data: data as Record<string, unknown>, ...oneLine(text) };
  }
  const schema = AgentEventData[name as AgentEventName];
  const result = schema?.safeParse(data);
  if (result?.success === false) {
    const problem = result.error.issues[0];
    const field = problem?.path.join(".") ?? "";
    return {
      name: "error",
      data: {
        error: `The agent sent a ${name} event whose ${field} is wrong: ${problem?.message}.`,
      },
    };
  }
  return { name, data: (result?.data ?? { value: data }) as Record<string, unknown> };
}

/** Text of several lines is no line of an event. */
function oneLine(json: string): { json?: string } {
  return /[\r\n]/.test(json) ? {} : { json };
}
