import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { EngineError } from "./engine-error.ts";
import { AppendLog } from "./store/append-log.ts";

/** Runs that a box shows; older ones are forgotten. */
const KEPT_RUNS = 1_000;
/** What is kept of a prompt or command, and of an agent's answer, which went to its reader whole. */
const PROMPT_LIMIT_CHARACTERS = 64 * 1024;
const OUTPUT_LIMIT_CHARACTERS = 512 * 1024;

/** A finished or running run as `GET /{id}/runs` shows it. Exactly these keys for a shell run. */
export const RunRecord = z.object({
  id: z.string(),
  box_id: z.string(),
  customer_id: z.string(),
  type: z.enum(["shell", "agent"]),
  status: z.enum(["running", "completed", "failed", "cancelled", "skipped"]),
  prompt: z.string(),
  input_tokens: z.number(),
  output_tokens: z.number(),
  cpu_ns: z.number(),
  cost_usd: z.number(),
  compute_cost_usd: z.number(),
  duration_ms: z.number(),
  created_at: z.number(),
  completed_at: z.number(),
  /** Agent runs only, from here on. */
  model: z.string().optional(),
  output: z.string().optional(),
  cached_input_tokens: z.number().optional(),
  memory_peak_bytes: z.number().optional(),
  session_id: z.string().optional(),
  /** Why a run has failed that did not end by itself. */
  error_message: z.string().optional(),
  /** Runs of a schedule only. */
  schedule_id: z.string().optional(),
});
export type RunRecord = z.infer<typeof RunRecord>;

/** One run while it goes on. */
export interface RunningRun {
  readonly id: string;
  /** Aborted when somebody cancels the run or the box ends. */
  readonly signal: AbortSignal;
  /** The first call counts; a run that was cancelled stays cancelled. */
  finish(result: Partial<RunRecord> & { status: "completed" | "failed" }): RunRecord;
}

export interface StartRunOptions {
  /** Proposed by the client, so that it can cancel before it has an answer. @default a new one */
  id?: string | undefined;
  scheduleId?: string | undefined;
}

/** The runs of one box, kept in its folder, and the means to cancel those that go on. */
export class Runs {
  readonly #boxId: string;
  /** Each run twice: as it began and as it ended. The later line counts. */
  readonly #log: AppendLog<typeof RunRecord>;
  readonly #onEnd: (run: RunRecord) => void;
  readonly #running = new Map<string, { record: RunRecord; controller: AbortController }>();

  /** @param options.onEnd told of each run that has ended */
  constructor(
    boxId: string,
    folder: string,
    options: { onEnd: (run: RunRecord) => void; onError: (error: unknown) => void },
  ) {
    this.#boxId = boxId;
    this.#log = new AppendLog(join(folder, "runs.jsonl"), RunRecord, options);
    this.#onEnd = options.onEnd;
  }

  get running(): number {
    return this.#running.size;
  }

  /** Newest first. */
  async list(): Promise<RunRecord[]> {
    const runs = new Map<string, RunRecord>();
    // A run keeps the place in the order that it got when it began.
    for (const record of await this.#log.read()) runs.set(record.id, record);
    for (const { record } of this.#running.values()) runs.set(record.id, record);
    return [...runs.values()].reverse().slice(0, KEPT_RUNS);
  }

  async get(id: string): Promise<RunRecord> {
    const record =
      this.#running.get(id)?.record ?? (await this.list()).find((run) => run.id === id);
    if (record !== undefined) return record;
    throw new EngineError(
      404,
      "not_found",
      `There is no run ${id} in box ${this.#boxId}; list them with GET /v2/box/${this.#boxId}/runs.`,
    );
  }

  /** @throws EngineError 400 when the proposed id is no id, or that of a run that goes on */
  start(
    type: RunRecord["type"],
    prompt: string,
    { id = randomUUID(), scheduleId }: StartRunOptions = {},
  ): RunningRun {
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(id) || this.#running.has(id)) {
      throw new EngineError(
        400,
        "invalid_request",
        "The proposed run id is taken or malformed; send a UUID, or none.",
      );
    }
    const startedAt = Date.now();
    const controller = new AbortController();
    const record = { ...this.#newRecord(type, prompt, scheduleId), id };
    this.#running.set(id, { record, controller });
    this.#log.append(record);
    return {
      id,
      signal: controller.signal,
      finish: (result) => {
        if (!this.#running.delete(id)) return record;
        const ended = Date.now();
        Object.assign(record, result, {
          status: controller.signal.aborted ? "cancelled" : result.status,
          duration_ms: ended - startedAt,
          completed_at: Math.floor(ended / 1000),
        });
        if (record.output !== undefined) {
          record.output = shortened(record.output, OUTPUT_LIMIT_CHARACTERS);
        }
        this.#log.append(record);
        this.#onEnd(record);
        return record;
      },
    };
  }

  /** Records that a schedule's run did not take place. */
  skip(type: RunRecord["type"], prompt: string, scheduleId: string): RunRecord {
    const begun = this.#newRecord(type, prompt, scheduleId);
    const record: RunRecord = { ...begun, status: "skipped", completed_at: begun.created_at };
    this.#log.append(record);
    return record;
  }

  /**
   * Ends a run's whole process tree.
   * @returns false when no such run goes on
   */
  cancel(id: string): boolean {
    const running = this.#running.get(id);
    running?.controller.abort(new EngineError(499, "cancelled", "The run was cancelled."));
    return running !== undefined;
  }

  cancelAll(): void {
    for (const { controller } of this.#running.values()) {
      controller.abort(new EngineError(410, "deleted", "The box was stopped."));
    }
  }

  /** Says of the runs that went on when an engine died that they have failed. */
  async recover(): Promise<void> {
    for (const run of await this.list()) {
      if (run.status !== "running" || this.#running.has(run.id)) continue;
      this.#log.append({
        ...run,
        status: "failed",
        completed_at: Math.floor(Date.now() / 1000),
        error_message: "The engine ended while this ran; run it again.",
      });
    }
  }

  close(): Promise<void> {
    return this.#log.close();
  }

  #newRecord(type: RunRecord["type"], prompt: string, scheduleId: string | undefined): RunRecord {
    return {
      id: randomUUID(),
      box_id: this.#boxId,
      customer_id: "local",
      type,
      status: "running",
      prompt: shortened(prompt, PROMPT_LIMIT_CHARACTERS),
      input_tokens: 0,
      output_tokens: 0,
      cpu_ns: 0,
      cost_usd: 0,
      compute_cost_usd: 0,
      duration_ms: 0,
      created_at: Math.floor(Date.now() / 1000),
      completed_at: 0,
      ...(scheduleId === undefined ? {} : { schedule_id: scheduleId }),
    };
  }
}

function shortened(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${text.slice(0, limit)}\n… ${text.length - limit} more characters are not kept.`;
}
