import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { CustomRunner } from "../box/wire.ts";
import type { BoxContext } from "./box-context.ts";
import { BoxLog } from "./box-log.ts";
import { type BoxRecord, recordFile } from "./box-record.ts";
import { BoxSandbox } from "./box-sandbox.ts";
import type { BoxdConnection } from "./boxd/index.ts";
import type { NetworkMode, Sandbox, SandboxSpec } from "./driver/driver.ts";
import { EngineError } from "./engine-error.ts";
import { commandEnvironment } from "./environment.ts";
import type { AgentServices } from "./harness/agent-services.ts";
import { HiddenFiles, restoreFiles } from "./harness/hidden-files.ts";
import { hasProcesses } from "./has-processes.ts";
import { IdleTimer } from "./idle-timer.ts";
import { startInitCommand } from "./init-command.ts";
import { KeepAlive } from "./keep-alive.ts";
import { totalsWith } from "./run-totals.ts";
import { type RunRecord, Runs } from "./runs.ts";
import { BoxSchedules } from "./schedules/box-schedules.ts";
import type { JsonFile } from "./store/json-file.ts";

/** How long totals and times of activity wait for others to be written with them. */
const SAVE_DELAY_MS = 100;

/** One box: its record, its log, its runs, its schedules, and its sandbox while it is awake. */
export class EngineBox {
  readonly folder: string;
  readonly log: BoxLog;
  readonly runs: Runs;
  readonly schedules: BoxSchedules;
  readonly hiddenFiles = new HiddenFiles();
  readonly #context: BoxContext;
  readonly #file: JsonFile<typeof BoxRecord>;
  readonly #sandbox: BoxSandbox;
  readonly #idle: IdleTimer;
  readonly #keepAlive: KeepAlive | undefined;
  #record: BoxRecord;
  #life: "creating" | "asleep" | "awake" | "failed" = "asleep";
  #holds = 0;
  #saveTimer: NodeJS.Timeout | undefined;
  #closed = false;
  #deleting: Promise<void> | undefined;
  #spare: Sandbox | undefined;

  /** @param spare a sandbox with a fresh disk in this folder, which the box is to have */
  constructor(context: BoxContext, folder: string, record: BoxRecord, spare?: Sandbox) {
    this.#context = context;
    this.#spare = spare;
    this.folder = folder;
    this.#record = record;
    this.#file = recordFile(folder);
    this.log = new BoxLog(folder, context.onError);
    this.runs = new Runs(record.id, folder, {
      onEnd: (run) => this.#account(run),
      onError: context.onError,
    });
    this.schedules = new BoxSchedules(this, folder, context);
    this.#sandbox = new BoxSandbox({
      start: () => this.#start(),
      onDeath: () => this.#died(),
    });
    this.#idle = new IdleTimer({
      afterMs: record.keep_alive ? 0 : context.idlePauseMs,
      isBusy: () => this.#isBusy,
      onIdle: () => void this.#pauseIdle().catch(context.onError),
      lastActivity: (record.last_activity_at ?? record.created_at) * 1000,
    });
    if (record.keep_alive) this.#keepAlive = new KeepAlive(() => this.connection());
  }

  get id(): string {
    return this.#record.id;
  }

  get name(): string | undefined {
    return this.#record.name;
  }

  /** The record with the status of this moment. */
  get record(): BoxRecord {
    const last_activity_at = Math.floor(this.#idle.lastActivity / 1000);
    return { ...this.#record, status: this.#status, last_activity_at };
  }

  /** Variables of the account; the box's own win over them. */
  get accountEnvironment(): Readonly<Record<string, string>> {
    return this.#context.accountEnvironment();
  }

  /** The program that speaks for the box's agent: the user's own, or the engine's for this name. */
  get agentProgram(): CustomRunner | undefined {
    const { agent, custom_runner } = this.#record;
    return agent === "custom" ? custom_runner : this.#context.agentPrograms[agent ?? ""];
  }

  get agents(): AgentServices {
    return this.#context.agents;
  }

  /** A live connection to the box; a box that sleeps is woken. Counts as activity. */
  async connection(): Promise<BoxdConnection> {
    this.#requireOpen();
    this.#idle.touch();
    return (await this.#sandbox.get()).connection;
  }

  /** The connection to the box if it is awake; a box that sleeps is not woken. Counts as activity. */
  async liveConnection(): Promise<BoxdConnection | undefined> {
    this.#requireOpen();
    this.#idle.touch();
    return this.#sandbox.hold(async (sandbox) => sandbox?.connection);
  }

  /**
   * Says that somebody is at work in the box until the function is called that this gives back: it
   * does not pause by itself meanwhile, and `atRest` does not stop it.
   */
  hold(): () => void {
    this.#holds++;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#holds--;
      this.#idle.touch();
    };
  }

  /** Changes the record, at once and on the disk. */
  async update(change: Partial<BoxRecord>): Promise<void> {
    const now = Math.floor(Date.now() / 1000);
    this.#idle.touch();
    this.#record = { ...this.#record, ...change, updated_at: now };
    await this.#save();
  }

  /**
   * Starts a box for the first time.
   * @param prepare makes it ready, before anybody else has it
   */
  async make(prepare: (connection: BoxdConnection) => Promise<void>): Promise<void> {
    this.#life = "creating";
    await mkdir(this.folder, { recursive: true, mode: 0o711 });
    await this.#sandbox.start(async ({ connection }) => {
      // Last: a folder without a record is a box that nobody was told of, and is removed at the next
      // start. Side by side, since both wait.
      const [prepared, saved] = await Promise.allSettled([prepare(connection), this.#save()]);
      if (prepared.status === "rejected") throw prepared.reason;
      if (saved.status === "rejected") throw saved.reason;
      // It may have been deleted meanwhile, or the engine stops.
      this.#requireOpen();
      this.#awake(connection);
    });
  }

  /** Wakes the box. One that is awake stays as it is. */
  async resume(): Promise<void> {
    await this.connection();
  }

  /**
   * Ends all processes in the box and keeps its disk.
   * @throws EngineError 400 for a keep-alive box
   */
  async pause(): Promise<void> {
    this.#requireOpen();
    if (this.#record.keep_alive) {
      throw new EngineError(
        400,
        "keep_alive",
        "Keep-alive boxes cannot be paused; delete the box, or leave it running.",
      );
    }
    this.runs.cancelAll();
    await this.#sandbox.stop(async () => this.#asleep());
  }

  /**
   * Does something with the box's disk while nobody starts or stops the box; whoever asks for a
   * connection meanwhile waits, so `work` must not. A box in which nothing runs is stopped for it and
   * starts again when it is next needed. `work` is given the sandbox when something lives in it.
   *
   * @param options.keepProcesses false ends what runs in the box instead
   */
  async atRest<T>(
    work: (spec: SandboxSpec, sandbox: Sandbox | undefined) => Promise<T>,
    { keepProcesses }: { keepProcesses: boolean } = { keepProcesses: true },
  ): Promise<T> {
    this.#requireOpen();
    this.#idle.touch();
    if (!keepProcesses) this.runs.cancelAll();
    // Who had a connection already may have begun while the processes were looked at.
    const mayStop = async ({ connection }: Sandbox) =>
      !keepProcesses || (!this.#isBusy && !(await hasProcesses(connection)) && !this.#isBusy);
    try {
      return await this.#sandbox.atRest(mayStop, (sandbox) => {
        this.#requireOpen();
        return work(this.#spec, sandbox);
      });
    } finally {
      // Also after work that failed: nobody else would start the box.
      this.#keepAlive?.start();
    }
  }

  /** Changes what the box may reach, at once. */
  async setNetwork(network: NetworkMode, change: Partial<BoxRecord>): Promise<void> {
    this.#requireOpen();
    await this.#sandbox.hold(async (sandbox) => {
      await sandbox?.setNetwork(network);
      await this.update({ ...change, network });
    });
  }

  /** What an earlier engine has left of this box is put in order, and a keep-alive box starts. */
  async recover(): Promise<void> {
    await this.runs.recover();
    await this.schedules.recover();
    this.#keepAlive?.start();
  }

  /** Ends all processes for good and keeps the disk. */
  async close(): Promise<void> {
    await this.#end();
    await this.#sandbox.stop(() => this.#settle());
  }

  /** Ends all processes and removes the disk, the record, the log, the runs and the schedules. */
  delete(): Promise<void> {
    this.#deleting ??= this.#delete();
    return this.#deleting;
  }

  get #status(): BoxRecord["status"] {
    if (this.#deleting !== undefined) return "deleted";
    if (this.#life === "creating") return "creating";
    if (this.#life === "failed") return "error";
    if (this.runs.running > 0) return "running";
    return this.#life === "awake" ? "idle" : "paused";
  }

  get #isBusy(): boolean {
    return this.runs.running > 0 || this.#holds > 0;
  }

  get #spec(): SandboxSpec {
    const { slot, layers, base, network } = this.#record;
    return {
      id: this.id,
      folder: this.folder,
      slot,
      layers: layers.map((layer) => join(this.#context.data, "layers", layer)),
      base,
      network,
    };
  }

  async #start(): Promise<Sandbox> {
    this.#requireOpen();
    let sandbox: Sandbox;
    try {
      sandbox = (await this.#takeSpare()) ?? (await this.#context.driver.start(this.#spec));
    } catch (error) {
      if (this.#life !== "creating") this.#life = "failed";
      this.log.write("error", "system", `The box cannot be started: ${messageOf(error)}`);
      throw error;
    }
    if (this.#record.hides_files) await this.#revealFiles(sandbox);
    if (this.#life !== "creating") this.#awake(sandbox.connection);
    return sandbox;
  }

  /** A run was cut off with the box: nobody is at work in it now that it starts. */
  async #revealFiles({ connection }: Sandbox): Promise<void> {
    try {
      await restoreFiles({ connection, env: commandEnvironment(this) });
    } catch (error) {
      // A box that cannot put its files back is to be looked at, not to be out of reach.
      this.log.write("warn", "system", `Files cannot be put back: ${messageOf(error)}`);
      return;
    }
    this.#record = { ...this.#record, hides_files: undefined };
    if (this.#life !== "creating") this.#saveSoon();
  }

  async #takeSpare(): Promise<Sandbox | undefined> {
    await this.#spare?.setNetwork(this.#record.network);
    const spare = this.#spare;
    this.#spare = undefined;
    return spare;
  }

  #awake(connection: BoxdConnection): void {
    this.#life = "awake";
    this.#idle.start();
    this.#keepAlive?.started();
    const { init_command, keep_alive } = this.#record;
    if (keep_alive && init_command) startInitCommand(this, connection, init_command);
  }

  #asleep(): void {
    this.#idle.stop();
    if (this.#life !== "awake") return;
    this.#life = "asleep";
    this.#saveSoon();
    this.#context.onStopped(this, "paused");
  }

  #died(): void {
    this.log.write("error", "system", "The box has ended by itself; it starts when it is needed.");
    this.#asleep();
    this.#keepAlive?.restart();
  }

  /** Somebody may have come before this task's turn: a box that has work to do is left as it is. */
  async #pauseIdle(): Promise<void> {
    await this.#sandbox.stop(
      async () => this.#asleep(),
      () => this.#idle.isIdle,
    );
    if (this.#life === "awake" && !this.#closed) this.#idle.restart();
  }

  #account(run: RunRecord): void {
    this.#idle.touch();
    this.#record = { ...this.#record, ...totalsWith(run, this.#record) };
    this.#saveSoon();
  }

  #saveSoon(): void {
    this.#saveTimer ??= setTimeout(
      () => void this.#save().catch(this.#context.onError),
      SAVE_DELAY_MS,
    );
  }

  /** A box that was deleted stays away. */
  async #save(): Promise<void> {
    clearTimeout(this.#saveTimer);
    this.#saveTimer = undefined;
    if (this.#deleting === undefined) await this.#file.replace(this.record);
  }

  async #delete(): Promise<void> {
    await this.#end();
    await this.#sandbox.stop(async () => {
      await this.#settle();
      // First: a disk that is removed by half must not come back as a box.
      await this.#file.remove();
      await this.#context.driver.destroy(this.#spec);
    });
    this.#context.onStopped(this, "deleted");
  }

  async #end(): Promise<void> {
    this.#closed = true;
    this.#idle.stop();
    this.#keepAlive?.stop();
    this.schedules.stop();
    this.runs.cancelAll();
    await this.#sandbox.stop(async () => this.#spare?.stop());
    // Not within that turn: a run that waits for the box to wake waits for the turn's end.
    await this.schedules.settle();
  }

  async #settle(): Promise<void> {
    if (this.#saveTimer !== undefined) await this.#save();
    await Promise.all([this.log.close(), this.runs.close()]);
  }

  #requireOpen(): void {
    if (this.#deleting !== undefined) {
      throw new EngineError(404, "not_found", `Box ${this.id} was deleted; create another one.`);
    }
    if (this.#closed) {
      throw new EngineError(503, "engine_stopped", "The engine stops; try again when it is back.");
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
