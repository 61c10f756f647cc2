import { type BoxRecord, saveRecord } from "./box-record.ts";
import type { BoxdConnection } from "./boxd/index.ts";
import type { Driver, Sandbox, SandboxSpec } from "./driver/driver.ts";
import { EngineError } from "./engine-error.ts";
import { Runs } from "./runs.ts";

/** One box: its record, its sandbox while it runs, and its runs. */
export class EngineBox {
  readonly folder: string;
  readonly runs: Runs;
  readonly #driver: Driver;
  #record: BoxRecord;
  #sandbox: Promise<Sandbox> | undefined;
  #deleted = false;

  constructor(driver: Driver, folder: string, record: BoxRecord) {
    this.#driver = driver;
    this.folder = folder;
    this.#record = record;
    this.runs = new Runs(record.id);
  }

  get id(): string {
    return this.#record.id;
  }

  /** The record with the status of this moment. */
  get record(): BoxRecord {
    const { status } = this.#record;
    if (status === "error" || status === "deleted") return this.#record;
    if (this.#sandbox === undefined) return { ...this.#record, status: "paused" };
    return { ...this.#record, status: this.runs.running > 0 ? "running" : "idle" };
  }

  /** A live connection to the box; a box that sleeps is woken. */
  async connection(): Promise<BoxdConnection> {
    if (this.#deleted) throw new EngineError(404, "not_found", `Box ${this.id} was deleted.`);
    // One start for all who ask at the same time.
    this.#sandbox ??= this.#start();
    return (await this.#sandbox).connection;
  }

  async update(change: Partial<BoxRecord>): Promise<void> {
    const now = Math.floor(Date.now() / 1000);
    this.#record = { ...this.#record, ...change, updated_at: now, last_activity_at: now };
    await saveRecord(this.folder, this.#record);
  }

  /** Ends all processes and keeps the disk. */
  async stop(): Promise<void> {
    this.runs.cancelAll();
    const sandbox = await this.#sandbox?.catch(() => undefined);
    await sandbox?.stop();
  }

  /** Ends all processes and removes the disk and the record. */
  async delete(): Promise<void> {
    this.#deleted = true;
    await this.stop();
    await this.#driver.destroy(this.#spec);
  }

  get #spec(): SandboxSpec {
    return { id: this.id, folder: this.folder, slot: this.#record.slot };
  }

  async #start(): Promise<Sandbox> {
    try {
      const sandbox = await this.#driver.start(this.#spec);
      void sandbox.stopped.then(() => {
        this.#sandbox = undefined;
      });
      return sandbox;
    } catch (error) {
      this.#sandbox = undefined;
      throw error;
    }
  }
}
