import { chmod, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { CreateBoxRequest } from "../box/wire.ts";
import type { BoxContext } from "./box-context.ts";
import { newBoxId } from "./box-id.ts";
import { type BoxOrigin, type BoxRecord, recordFile } from "./box-record.ts";
import { configureGit } from "./configure-git.ts";
import { createWarnings } from "./create-warnings.ts";
import { emptySpec, type SandboxSpec } from "./driver/driver.ts";
import { EngineBox } from "./engine-box.ts";
import { EngineError } from "./engine-error.ts";
import { Expiries } from "./expiries.ts";
import { type Identity, newRecord } from "./new-record.ts";
import { requireCreatable } from "./require-creatable.ts";
import { runtimeName } from "./runtimes.ts";
import { recoverLayers } from "./snapshots/recover-layers.ts";
import { type Spare, SpareSandbox } from "./spare-sandbox.ts";

/** Told when a box's processes have ended: it sleeps, or is gone. */
export type StoppedListener = (box: EngineBox, why: "paused" | "deleted") => void;

/** All boxes of an engine. Each has a folder of its own below `<data>/boxes`. */
export class Boxes {
  readonly #context: BoxContext;
  readonly #folder: string;
  readonly #boxes = new Map<string, EngineBox>();
  readonly #creating = new Set<Promise<EngineBox>>();
  readonly #expiries = new Expiries((box) => this.#expire(box));
  readonly #listeners = new Set<StoppedListener>();
  readonly #spare: SpareSandbox | undefined;
  #otherSlots: () => Iterable<number> = () => [];
  #unreadable = 0;
  #closed = false;

  private constructor(context: Omit<BoxContext, "onStopped">) {
    this.#context = {
      ...context,
      onStopped: (box, why) => {
        for (const listener of this.#listeners) listener(box, why);
      },
    };
    this.#folder = join(context.data, "boxes");
    if (context.spareSandbox) {
      this.#spare = new SpareSandbox(context.driver, () => this.#spareSpec());
    }
  }

  /**
   * Opens the boxes that an earlier engine left in the data folder; they sleep until asked for. A box
   * whose record cannot be read is told to `onError`, and its folder is left as it is.
   */
  static async open(context: Omit<BoxContext, "onStopped">): Promise<Boxes> {
    const boxes = new Boxes(context);
    await mkdir(boxes.#folder, { recursive: true });
    // Explicit: the boxes' users must pass through, whatever the engine's umask.
    await chmod(boxes.#folder, 0o711);
    const ids = await readdir(boxes.#folder);
    const opened = await Promise.all(ids.map((id) => boxes.#open(id)));
    const found = opened.filter((box) => box !== null);
    found.sort((a, b) => a.record.created_at - b.record.created_at);
    for (const box of found) boxes.#boxes.set(box.id, box);
    boxes.#spare?.prepare();
    return boxes;
  }

  /** In the order in which they were created. */
  list(label?: string): EngineBox[] {
    const all = [...this.#boxes.values()];
    return label === undefined ? all : all.filter((box) => box.record.labels?.includes(label));
  }

  /** By id or by name. */
  get(idOrName: string): EngineBox {
    const box = this.#find(idOrName);
    if (box !== undefined) return box;
    throw new EngineError(
      404,
      "not_found",
      `There is no box ${idOrName}; list them with GET /v2/box.`,
    );
  }

  /** Boxes that are there but could not be opened: nobody knows which layers they need. */
  get unreadable(): number {
    return this.#unreadable;
  }

  /** @returns a function that ends it */
  onStopped(listener: StoppedListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Keeps new boxes away from slots that something else than a box will need again. */
  reserveSlots(slots: () => Iterable<number>): void {
    this.#otherSlots = slots;
  }

  /** @param origin what the box takes over from a snapshot */
  async create(request: CreateBoxRequest, origin?: BoxOrigin): Promise<EngineBox> {
    this.#requireOpen();
    const { driver } = this.#context;
    const record = newRecord(request, origin, driver);
    requireCreatable(request, record, driver);
    const enter = (spare?: Spare) => this.#enter(record, origin, spare);
    // A spare has a fresh disk; one that lies on a snapshot's layers is mounted for each box anew.
    const isOnIt = ({ base }: SandboxSpec) => base === record.base;
    const box =
      origin === undefined && this.#spare ? await this.#spare.take(enter, isOnIt) : enter();
    const creating = this.#make(box, request, origin !== undefined);
    this.#creating.add(creating);
    try {
      return await creating;
    } finally {
      this.#creating.delete(creating);
      this.#spare?.prepare();
    }
  }

  async delete(idOrName: string): Promise<void> {
    const box = this.get(idOrName);
    try {
      await box.delete();
    } finally {
      this.#boxes.delete(box.id);
      this.#expiries.remove(box);
    }
  }

  /** Stops every box; their disks stay. A box that is not finished yet is not made. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#expiries.close();
    await this.#spare?.close();
    await Promise.all([...this.#boxes.values()].map((box) => box.close()));
    await Promise.allSettled(this.#creating);
  }

  async #open(id: string): Promise<EngineBox | null> {
    const folder = join(this.#folder, id);
    try {
      const record = await recordFile(folder).read();
      if (record === null) {
        // A create or a delete that was cut off: nobody knows its id, or nobody wants it.
        await this.#context.driver.destroy(emptySpec(id, folder));
        return null;
      }
      const box = new EngineBox(this.#context, folder, recoverLayers(record, this.#context.data));
      await box.recover();
      this.#expiries.add(box);
      return box;
    } catch (cause) {
      this.#unreadable++;
      this.#context.onError(unreadable(id, folder, cause));
      return null;
    }
  }

  /** Takes the id, the slot and the name, before anything is awaited. */
  #enter(
    record: Omit<BoxRecord, keyof Identity>,
    origin: BoxOrigin | undefined,
    spare: Spare | undefined,
  ): EngineBox {
    this.#requireOpen();
    if (record.name !== undefined && this.#find(record.name) !== undefined) {
      throw new EngineError(
        409,
        "name_taken",
        `A box named ${record.name} exists; choose another name or delete that box.`,
      );
    }
    const id = spare?.spec.id ?? this.#newId();
    const slot = spare?.spec.slot ?? origin?.slot ?? this.#newSlot();
    const folder = join(this.#folder, id);
    const box = new EngineBox(this.#context, folder, { ...record, id, slot }, spare?.sandbox);
    this.#boxes.set(id, box);
    return box;
  }

  async #make(box: EngineBox, request: CreateBoxRequest, isRestored: boolean): Promise<EngineBox> {
    const { driver } = this.#context;
    const { runtime, base } = box.record;
    try {
      // On a base a snapshot has what was installed into it, and nobody but the box sees it.
      if (runtime !== undefined && !(isRestored && base !== undefined)) {
        await driver.requireRuntime(runtimeName(runtime), base);
      }
      await box.make((connection) => configureGit(connection, request, isRestored));
    } catch (error) {
      await box.delete().catch(this.#context.onError);
      this.#boxes.delete(box.id);
      throw error;
    }
    for (const warning of createWarnings(box, driver)) {
      box.log.write("warn", "system", warning);
    }
    this.#expiries.add(box);
    return box;
  }

  async #expire(box: EngineBox): Promise<void> {
    if (this.#boxes.get(box.id) !== box) return;
    await this.delete(box.id).catch(this.#context.onError);
  }

  /** What a box is started as that asks for nothing. */
  #spareSpec(): SandboxSpec {
    const { driver } = this.#context;
    const id = this.#newId();
    const [network] = driver.enforces.network;
    const folder = join(this.#folder, id);
    return { id, folder, slot: this.#newSlot(), layers: [], base: driver.base, network };
  }

  #requireOpen(): void {
    if (!this.#closed) return;
    throw new EngineError(503, "engine_stopped", "The engine stops; try again when it is back.");
  }

  #find(idOrName: string): EngineBox | undefined {
    const byId = this.#boxes.get(idOrName);
    return byId ?? [...this.#boxes.values()].find((box) => box.name === idOrName);
  }

  #newId(): string {
    let id = newBoxId();
    while (this.#find(id) !== undefined || id === this.#spare?.spec?.id) id = newBoxId();
    return id;
  }

  #newSlot(): number {
    const taken = new Set([...this.#boxes.values()].map((box) => box.record.slot));
    for (const slot of this.#otherSlots()) taken.add(slot);
    if (this.#spare?.spec !== undefined) taken.add(this.#spare.spec.slot);
    // Slot 0 is the driver's own check.
    let slot = 1;
    while (taken.has(slot)) slot++;
    return slot;
  }
}

function unreadable(id: string, folder: string, cause: unknown): EngineError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new EngineError(
    500,
    "unreadable_box",
    `Box ${id} cannot be opened (${reason}); mend or remove ${folder} and start the engine again.`,
    { cause },
  );
}
