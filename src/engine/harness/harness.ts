import type { CustomRunner, McpServer } from "../../box/wire.ts";
import type { WireFormat } from "../gateway/wire-format.ts";
import type { HarnessPackage } from "./install/harness-package.ts";

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

/** Where a program asks its model: the gateway, as it is seen from within the box. */
export interface ModelAccess {
  /** Without `/v1`. */
  url: string;
  /** Good for this run alone. */
  token: string;
  format: WireFormat;
  /** The provider's name for itself, and for the model. */
  provider: string;
  model: string;
}

/** How one run of an agent's program is started. */
export interface AgentStart {
  /** The user's own program; undefined: the harness's. */
  program: CustomRunner | undefined;
  /** Where the harness's program lies in the box; undefined for a user's own. */
  root: string | undefined;
  /** All that the agent is to read: the request's prompt, and what goes with it. */
  prompt: string;
  /** As the box has it. @default the program's own */
  model: string | undefined;
  /** Undefined for a user's own program, which has its own way. */
  access: ModelAccess | undefined;
  /** The conversation to go on with. */
  session: string | undefined;
  /** An absolute folder of the box for the files of this run; outside of the work folder. */
  runFolder: string;
  /** The request's files in the box, in order. */
  attachments: readonly string[];
  mcpServers: readonly McpServer[];
  request: AgentRequest;
}

/** A command line, and what is to be in the box for it. */
export interface AgentLaunch {
  argv: string[];
  /** Beside the box's own variables; wins over them. */
  env: Record<string, string>;
  /** What the program reads on its standard input. @default nothing */
  input?: string;
  /** Files by absolute path. */
  files?: Record<string, string>;
}

/** What the engine knows of one agent program: how to start it and how to read it. */
export interface Harness {
  name: string;
  /** What is installed for it; undefined for a user's own program. */
  package: HarnessPackage | undefined;
  /**
   * The format in which it asks this model.
   * @returns undefined when it asks in none that the gateway speaks
   */
  format(provider: string, model: string): WireFormat | undefined;
  /**
   * Names at the root of the repository, and above the folder of the run, that the program obeys whatever
   * it is told: moved away for the run.
   */
  hidden: readonly string[];
  /** Where it looks for skills of the user's own, in a box; undefined: it has none. */
  skills: string | undefined;
  /** Whether it holds its model to a JSON schema by itself. */
  takesSchema: boolean;
  /**
   * @throws EngineError for options that the program cannot take
   */
  launch(start: AgentStart): AgentLaunch;
  /** A parser for one run's standard output. */
  parser(emit: (event: AgentEvent) => void): AgentOutputParser;
}

/** Takes the program's output as it comes, cut anywhere. */
export interface AgentOutputParser {
  push(chunk: Uint8Array): void;
  /**
   * The program has ended.
   * @param code its exit code; null: a signal ended it
   * @returns `done` or `error`, as far as it has told one
   */
  end(code: number | null): AgentEvent | undefined;
  /** The conversation, as soon as it is known. */
  readonly session: string | undefined;
}

/** An event of an agent run, as it goes to the client: the names are those of `AgentEventData`. */
export interface AgentEvent {
  name: string;
  data: Record<string, unknown>;
  /** `data` as the program wrote it, where that is one line of JSON that holds. */
  json?: string;
}
