import { randomUUID } from "node:crypto";
import { EngineError } from "./engine-error.ts";

/** Runs that a box remembers; older ones are forgotten. */
const KEPT_RUNS = 1_000;

/** A finished or running run as `GET /{id}/runs` shows it. Exactly these keys for a shell run. */
export interface RunRecord {
  id: string;
  box_id: string;
  customer_id: string;
  type: "shell" | "agent";
  status: "running" | "completed" | "failed" | "cancelled";
  prompt: string;
  input_tokens: number;
  output_tokens: number;
  cpu_ns: number;
  cost_usd: number;
  compute_cost_usd: number;
  duration_ms: number;
  created_at: number;
  completed_at: number;
  /** Agent runs only. */
  model?: string;
  output?: string;
  session_id?: string;
  error_message?: string;
}

/** One run while it goes on. */
export interface RunningRun {
  readonly id: string;
  /** Aborted when somebody cancels the run or the box ends. */
  readonly signal: AbortSignal;
  finish(result: Partial<RunRecord> & { status: "completed" | "failed" }): RunRecord;
}

/** The runs of one box, newest first, and the means to cancel those that go on. */
export class Runs {
  readonly #boxId: string;
  readonly #records: RunRecord[] = [];
  readonly #running = new Map<string, AbortController>();

  constructor(boxId: string) {
    this.#boxId = boxId;
  }

  get running(): number {
    return this.#running.size;
  }

  list(): readonly RunRecord[] {
    return this.#records;
  }

  get(id: string): RunRecord {
    const record = this.#records.find((candidate) => candidate.id === id);
    if (record === undefined) {
      throw new EngineError(404, "not_found", `There is no run ${id} in box ${this.#boxId}.`);
    }
    return record;
  }

  /**
   * @param id proposed by the client, so that it can cancel before it has an answer
   * @throws EngineError 400 when the id is taken or no id
   */
  start(type: RunRecord["type"], prompt: string, id: string = randomUUID()): RunningRun {
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(id) || this.#records.some((record) => record.id === id)) {
      throw new EngineError(400, "invalid_request", "The proposed run id is taken or malformed.");
    }
    const startedAt = Date.now();
    const controller = new AbortController();
    const record: RunRecord = {
      id,
      box_id: this.#boxId,
      customer_id: "local",
      type,
      status: "running",
      prompt,
      input_tokens: 0,
      output_tokens: 0,
      cpu_ns: 0,
      cost_usd: 0,
      compute_cost_usd: 0,
      duration_ms: 0,
      created_at: Math.floor(startedAt / 1000),
      completed_at: 0,
    };
    this.#records.unshift(record);
    this.#records.length = Math.min(this.#records.length, KEPT_RUNS);
    this.#running.set(record.id, controller);
    return {
      id: record.id,
      signal: controller.signal,
      finish: (result) => {
        this.#running.delete(record.id);
        const ended = Date.now();
        return Object.assign(record, result, {
          status: controller.signal.aborted ? "cancelled" : result.status,
          duration_ms: ended - startedAt,
          completed_at: Math.floor(ended / 1000),
        });
      },
    };
  }

  /** Ends a run's whole process tree. A run that has ended is left as it is. */
  cancel(id: string): void {
    this.get(id);
    this.#running.get(id)?.abort(new EngineError(499, "cancelled", "The run was cancelled."));
  }

  cancelAll(): void {
    for (const controller of this.#running.values()) {
      controller.abort(new EngineError(410, "deleted", "The box was stopped."));
    }
  }
}
