import type { StepName } from "../../core/events.ts";
import type { Journal } from "../../core/journal.ts";
import type { Queryable, Store } from "../store/store.ts";
import { JobLost, requireClaim } from "./job-lost.ts";
import type { Claim } from "./job-row.ts";

export interface JobJournalOptions {
  /** The job is another process's: it has to be left alone. */
  onLost(error: JobLost): void;
  /** Before a step counts as done: what it said is in the log first. */
  flush(): Promise<void>;
  onStep(name: StepName, milliseconds: number): void;
}

/** A mark and a step may have the same name. */
const MARK = "mark:";

/**
 * The steps that a job has finished and the marks that it has set, in the store. Only the attempt that
 * holds the job may write: a process that was taken for dead cannot spoil what its successor does.
 */
export class JobJournal implements Journal {
  readonly #store: Store;
  readonly #claim: Claim;
  readonly #options: JobJournalOptions;
  readonly #kept: Map<string, unknown>;

  private constructor(
    store: Store,
    claim: Claim,
    options: JobJournalOptions,
    kept: Map<string, unknown>,
  ) {
    this.#store = store;
    this.#claim = claim;
    this.#options = options;
    this.#kept = kept;
  }

  /** Reads what earlier attempts have kept. */
  static async open(store: Store, claim: Claim, options: JobJournalOptions): Promise<JobJournal> {
    const rows =
      claim.attempt === 1
        ? []
        : await store.query<{ name: string; result: unknown }>(
            "select name, result from job_steps where job = $1",
            [claim.job.id],
          );
    const kept = new Map(rows.map(({ name, result }) => [name, result ?? undefined]));
    return new JobJournal(store, claim, options, kept);
  }

  has(name: StepName): boolean {
    return this.#kept.has(name);
  }

  async step<T>(name: StepName, work: () => Promise<T>): Promise<T> {
    if (this.#kept.has(name)) return this.#kept.get(name) as T;
    const started = performance.now();
    const result = await work();
    const milliseconds = Math.round(performance.now() - started);
    await this.#options.flush();
    await this.#keep(name, result, milliseconds);
    this.#options.onStep(name, milliseconds);
    return result;
  }

  async forget(names: readonly string[]): Promise<void> {
    const all = names.flatMap((name) => [name, MARK + name]);
    await this.#write((transaction) =>
      transaction.query("delete from job_steps where job = $1 and name = any($2)", [
        this.#claim.job.id,
        all,
      ]),
    );
    for (const name of all) this.#kept.delete(name);
  }

  mark(name: string): unknown {
    return this.#kept.get(MARK + name);
  }

  setMark(name: string, value: unknown): Promise<void> {
    return this.#keep(MARK + name, value, null);
  }

  async #keep(name: string, value: unknown, milliseconds: number | null): Promise<void> {
    await this.#write((transaction) =>
      transaction.query(
        `insert into job_steps (job, name, result, attempt, milliseconds)
         values ($1, $2, $3, $4, $5)
         on conflict (job, name) do update set result = excluded.result,
           attempt = excluded.attempt, milliseconds = excluded.milliseconds, finished_at = now()`,
        [
          this.#claim.job.id,
          name,
          value === undefined ? null : JSON.stringify(value),
          this.#claim.attempt,
          milliseconds,
        ],
      ),
    );
    this.#kept.set(name, value);
  }

  async #write(work: (transaction: Queryable) => Promise<unknown>): Promise<void> {
    try {
      await this.#store.transaction(async (transaction) => {
        await requireClaim(transaction, this.#claim);
        await work(transaction);
      });
    } catch (error) {
      if (error instanceof JobLost) this.#options.onLost(error);
      throw error;
    }
  }
}
