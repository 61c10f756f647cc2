import type { BoxLog } from "../box-log.ts";
import { OutputLog } from "../output-log.ts";
import type { AgentEvent } from "./harness.ts";

/** Writes what an agent says and which tools it uses into the box's log. */
export class AgentLog {
  readonly #output: OutputLog;

  constructor(log: BoxLog) {
    this.#output = new OutputLog(log, "info", "agent");
  }

  write({ name, data }: AgentEvent): void {
    if (this.#output.isFull) return;
    if (name === "text") this.#output.push(Buffer.from(String(data.text)));
    if (name !== "tool") return;
    this.#output.end();
    this.#output.push(Buffer.from(`${data.name} ${JSON.stringify(data.input)}\n`));
  }

  /** Writes the last line, if it was not ended. */
  end(): void {
    this.#output.end();
  }
}
