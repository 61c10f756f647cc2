import type { CustomRunner } from "../../box/wire.ts";

/** A file that goes with a prompt. */
export interface PromptAttachment {
  /** A file's name, without a folder. */
  name: string;
  content: Uint8Array;
}

/** What an agent is asked to do, checked. */
export interface AgentRequest {
  prompt: string;
  /** @default the box's work folder */
  folder?: string | undefined;
  /** The answer is to be JSON of this schema. */
  json_schema?: Record<string, unknown> | undefined;
  agent_options?: Record<string, unknown> | undefined;
  files?: readonly PromptAttachment[] | undefined;
}

/** How one run of an agent's program is started. */
export interface AgentStart {
  program: CustomRunner | undefined;
  /** All that the agent is to read: the request's prompt, and what goes with it. */
  prompt: string;
  /** @default the program's own */
  model: string | undefined;
  /** The conversation to go on with. */
  session: string | undefined;
  request: AgentRequest;
}

/** What the engine knows of one agent program: how to start it and how to read it. */
export interface Harness {
  /**
   * The command line of a run, and variables beside the box's own.
   * @throws EngineError for options that the program cannot take
   */
  command(start: AgentStart): { argv: string[]; env: Record<string, string> };
  /** A parser for one run's standard output. */
  parser(emit: (event: AgentEvent) => void): AgentOutputParser;
}

/** Takes the program's output as it comes, cut anywhere. */
export interface AgentOutputParser {
  push(chunk: Uint8Array): void;
}

/** An event of an agent run, as it goes to the client: the names are those of `AgentEventData`. */
export interface AgentEvent {
  name: string;
  data: Record<string, unknown>;
  /** `data` as the program wrote it, where that is one line of JSON that holds. */
  json?: string;
}
