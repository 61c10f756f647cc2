import type { JobEvent, NewJobEvent } from "./events.ts";
import type { Redactor } from "./redact.ts";
import { redactData } from "./redact-data.ts";
import { type RedactedStream, redactStream } from "./redact-stream.ts";

const ENDS_TEXT: ReadonlySet<NewJobEvent["type"]> = new Set([
  "step-finished",
  "agent-finished",
  "job-paused",
  "job-finished",
]);

/**
 * Where the events of a job pass through, in order: each loses its secrets and gets its time before
 * anybody is told. Nothing that a view shows has come another way.
 */
export class JobLog {
  readonly #redactor: Redactor;
  readonly #listener: (event: JobEvent) => void;
  /** Text comes in pieces, and a secret may be cut in two between them. */
  readonly #texts: Record<"stdout" | "stderr" | "agent", RedactedStream>;

  constructor(redactor: Redactor, listener: (event: JobEvent) => void) {
    this.#redactor = redactor;
    this.#listener = listener;
    this.#texts = {
      stdout: redactStream(redactor),
      stderr: redactStream(redactor),
      agent: redactStream(redactor),
    };
  }

  add(event: NewJobEvent): void {
    if (event.type === "output") {
      this.#tell({ ...event, text: this.#texts[event.stream].push(event.text) });
    } else if (event.type === "agent-text") {
      this.#tell({ ...event, text: this.#texts.agent.push(event.text) });
    } else {
      // What was held back belongs before the end of what said it. Other events do not end a text: a
      // secret may go on after them.
      if (ENDS_TEXT.has(event.type)) this.#flush();
      this.#tell(redactData(event, this.#redactor));
    }
  }

  #flush(): void {
    for (const stream of ["stdout", "stderr"] as const) {
      this.#tell({ type: "output", stream, text: this.#texts[stream].end() });
    }
    this.#tell({ type: "agent-text", text: this.#texts.agent.end() });
  }

  #tell(event: NewJobEvent): void {
    if ("text" in event && event.text === "") return;
    this.#listener({ ...event, at: Date.now() });
  }
}
