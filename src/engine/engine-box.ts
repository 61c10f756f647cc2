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
  #saving: Promise<void> = Promise.resolve();
  #deleted = false;
  #closed = false;

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
    if (this.#closed) {
      throw new EngineError(503, "engine_stopped", "The engine stops; try again when it is back.");
    }
    // One start for all who ask at the same time.
    this.#sandbox ??= this.#start();
    return (await this.#sandbox).connection;
  }

  async update(change: Partial<BoxRecord>): Promise<void> {
    const now = Math.floor(Date.now() / 1000);
    this.#record = { ...this.#record, ...change, updated_at: now, last_activity_at: now };
    await this.save();
  }

  /** Writes the record as it is now. A box that was deleted stays away: saving makes its folder. */
  save(): Promise<void> {
    // One after the other, so that the last one written is the newest.
    this.#saving = this.#saving
      .catch(() => undefined)
      .then(() => (this.#deleted ? undefined : saveRecord(this.folder, this.#record)));
    return this.#saving;
  }

  /** Ends all processes for good and keeps the disk. */
  async close(): Promise<void> {
    this.#closed = true;
    this.runs.cancelAll();
    const sandbox = await this.#sandbox?.catch(() => undefined);
    await sandbox?.stop();
  }

  /** Ends all processes and removes the disk and the record. */
  async delete(): Promise<void> {
    this.#deleted = true;
    await this.close();
    await this.#saving.catch(() => undefined);
    await this.#driver.destroy(this.#spec);
  }

  get #spec(): SandboxSpec {
    const { slot, network_policy } = this.#record;
    const network = network_policy?.mode === "allow-all" ? "allow-all" : "deny-all";
    return { id: this.id, folder: this.folder, slot, layers: [], base: undefined, network };
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
