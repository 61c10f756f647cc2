import type { AgentRunRequest } from "../../box/wire.ts";
import type { BoxRecord } from "../box-record.ts";

/** What the engine knows of one agent program: how to start it and how to read it. */
export interface Harness {
  /** The command line of a run. @throws EngineError for options that the program cannot take */
  argv(record: BoxRecord, request: AgentRunRequest): string[];
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
}
