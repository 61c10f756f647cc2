import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { FromSnapshotRequest, Snapshot } from "../../box/wire.ts";
import { BoxOrigin } from "../box-record.ts";
import type { Boxes } from "../boxes.ts";
import type { Driver } from "../driver/driver.ts";
import type { EngineBox } from "../engine-box.ts";
import { EngineError } from "../engine-error.ts";
import { Turns } from "../turns.ts";
import { LayerFolder } from "./layer-folder.ts";
import { LayerMerges } from "./layer-merges.ts";
import { publicSnapshot, type SnapshotRecord } from "./snapshot-record.ts";
import type { SnapshotStore } from "./snapshot-store.ts";
import { takeLayers } from "./take-layers.ts";

/**
 * Copying the disk of a box in which something lives may take minutes, and what lies between client and
 * engine may not wait so long for an answer. After this time the answer is `creating`, and clients poll.
 */
const ANSWER_AFTER_MS = 20_000;
/** Counting takes a processor for a while; the answer, and the box that is made of it next, come first. */
const COUNT_AFTER_MS = 200;
/** Merging begins at 20. The kernel takes one page of options for a mount, about 150 layers' names. */
const MOST_LAYERS = 60;

export interface SnapshotsOptions {
  boxes: Boxes;
  store: SnapshotStore;
  driver: Driver;
  /** The engine's data folder, absolute. */
  data: string;
  /** Milliseconds after which the answer is `creating`. @default 20 000 */
  answerAfterMs?: number;
  /** Told of failures that are the engine's own. */
  onError: (error: unknown) => void;
}

/** The snapshots of an engine: taken of boxes, made into boxes, deleted. */
export class Snapshots {
  readonly #options: SnapshotsOptions;
  readonly #layers: LayerFolder;
  readonly #merges: LayerMerges;
  readonly #counts = new Turns();
  readonly #taking = new Set<Promise<void>>();
  readonly #endListening: () => void;
  #countTimer: NodeJS.Timeout | undefined;
  #closed = false;

  /** Call it as soon as the boxes are open: from then on no new box gets a slot that a snapshot needs. */
  static async open(options: SnapshotsOptions): Promise<Snapshots> {
    const snapshots = new Snapshots(options);
    await snapshots.#layers.open();
    snapshots.#countSoon();
    return snapshots;
  }

  private constructor(options: SnapshotsOptions) {
    const { boxes, store, driver, data, onError } = options;
    this.#options = options;
    const needed = () => this.#needed();
    this.#layers = new LayerFolder({ folder: join(data, "layers"), driver, needed, onError });
    this.#merges = new LayerMerges({ driver, boxes, store, layers: this.#layers });
    boxes.reserveSlots(() => this.#origins().map(({ slot }) => slot));
    this.#endListening = boxes.onStopped((_box, why) => {
      if (why === "deleted") this.#layers.collect();
    });
  }

  /**
   * Takes a snapshot of a box. Ready when this resolves, unless much has to be copied.
   * @throws EngineError 507 when the disk is full; nothing is left of the snapshot then
   */
  async take(box: EngineBox, name: string): Promise<Snapshot> {
    const id = newId();
    this.#options.store.add({
      id,
      name,
      box_id: box.id,
      size_bytes: 0,
      status: "creating",
      created_at: Math.floor(Date.now() / 1000),
      origin: BoxOrigin.parse(box.record),
      is_counted: false,
    });
    const taking = this.#take(box, id);
    this.#taking.add(taking);
    const answered = new AbortController();
    const { answerAfterMs = ANSWER_AFTER_MS } = this.#options;
    const late = wait(answerAfterMs, undefined, { signal: answered.signal });
    try {
      await Promise.race([taking.finally(() => this.#taking.delete(taking)), late]);
      return publicSnapshot(this.#get(id));
    } catch (error) {
      await this.#options.store.remove(id);
      throw error;
    } finally {
      answered.abort();
    }
  }

  /** Those that were taken of a box, newest first; also of one that is gone. */
  list(boxIdOrName: string): Snapshot[] {
    const all = this.#options.store.all().reverse();
    const isGone = all.some(({ box_id }) => box_id === boxIdOrName);
    const boxId = isGone ? boxIdOrName : this.#options.boxes.get(boxIdOrName).id;
    return all.filter(({ box_id }) => box_id === boxId).map(publicSnapshot);
  }

  /** Makes a box: what the request says goes above what the snapshot holds. */
  async createBox({ snapshot_id, ...request }: FromSnapshotRequest): Promise<EngineBox> {
    const { status, origin } = this.#get(snapshot_id);
    if (status !== "ready") {
      throw new EngineError(
        409,
        "snapshot_not_ready",
        `Snapshot ${snapshot_id} is not ready (${status}); wait until its box's list of snapshots says that it is, or take another one.`,
      );
    }
    // The box is entered before anything is awaited: from here on it names the layers and has the slot.
    return this.#options.boxes.create(request, origin);
  }

  /**
   * Deletes a snapshot. Boxes that were made from it stay.
   * @param boxIdOrName the box that it was taken of, which may be gone, or any that is there
   */
  async delete(boxIdOrName: string, id: string): Promise<void> {
    const { box_id } = this.#get(id);
    if (box_id !== boxIdOrName) this.#options.boxes.get(boxIdOrName);
    await this.deleteAll([id]);
  }

  /**
   * Deletes snapshots; ids that there are none of are ignored.
   * @param ids undefined: all
   * @returns how many there were
   */
  async deleteAll(ids: readonly string[] | undefined): Promise<number> {
    const wanted = new Set(ids ?? this.#options.store.all().map(({ id }) => id));
    try {
      const were = await Promise.all([...wanted].map((id) => this.#options.store.remove(id)));
      return were.filter(Boolean).length;
    } finally {
      this.#layers.collect();
    }
  }

  /** Waits for what goes on, and begins nothing more. The boxes are closed before. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#endListening();
    await Promise.allSettled(this.#taking);
    await this.#merges.close();
    clearTimeout(this.#countTimer);
    await this.#counts.take(async () => {});
    await this.#layers.close();
  }

  #get(id: string): SnapshotRecord {
    const record = this.#options.store.get(id);
    if (record !== undefined) return record;
    throw new EngineError(
      404,
      "not_found",
      `There is no snapshot ${id}; list those of a box with GET /v2/box/{id}/snapshots, or take another one.`,
    );
  }

  async #take(box: EngineBox, id: string): Promise<void> {
    const { driver, onError } = this.#options;
    const layer = this.#layers.newId();
    const release = [this.#layers.pin([layer])];
    try {
      if (this.#merges.shorten(box.record.layers).length >= MOST_LAYERS) {
        await this.#merges.mergeAll();
      }
      await box.atRest(async (spec, sandbox) => {
        const below = this.#merges.shorten(box.record.layers);
        // Those that the record on the disk names until it is replaced.
        release.push(this.#layers.pin([...box.record.layers, ...below]));
        const to = { layer: { id: layer, path: this.#layers.path(layer) }, below };
        const layers = await takeLayers(box, { spec, sandbox }, driver, to);
        const { bytes, isWhole } = this.#layers.size(layers);
        const isKept = await this.#options.store.change(id, {
          origin: { ...BoxOrigin.parse(box.record), layers },
          size_bytes: bytes,
          is_counted: isWhole,
          status: "ready",
        });
        if (!isKept) throw deletedMeanwhile(id);
      });
    } catch (error) {
      box.log.write("error", "system", `A snapshot could not be taken: ${messageOf(error)}`);
      // For whoever was answered already.
      this.#options.store.mark(id, "error");
      throw error;
    } finally {
      for (const unpin of release) unpin();
      this.#layers.collect();
    }
    this.#countSoon();
    void this.#merges
      .mergeAll()
      .then(() => this.#countSoon())
      .catch(onError);
  }

  /** Counts, in the background, what could not be counted at once. */
  #countSoon(): void {
    if (this.#closed || this.#countTimer !== undefined) return;
    this.#countTimer = setTimeout(() => {
      this.#countTimer = undefined;
      void this.#counts.take(() => this.#countAll()).catch(this.#options.onError);
    }, COUNT_AFTER_MS).unref();
  }

  async #countAll(): Promise<void> {
    for (const { id } of this.#options.store.ready()) {
      if (!this.#closed) await this.#count(id);
    }
  }

  /** What snapshots hold, those that are being deleted too. */
  #origins(): BoxOrigin[] {
    const kept = this.#options.store.named().filter(({ status }) => status !== "error");
    return kept.map(({ origin }) => origin);
  }

  async #count(id: string): Promise<void> {
    const record = this.#options.store.get(id);
    if (record === undefined || record.is_counted) return;
    const { layers } = record.origin;
    const unpin = this.#layers.pin(layers);
    try {
      const size_bytes = await this.#layers.count(layers);
      await this.#options.store.change(id, { size_bytes, is_counted: true });
    } finally {
      unpin();
      this.#layers.collect();
    }
  }

  #needed(): ReadonlySet<string> | undefined {
    const { boxes } = this.#options;
    if (boxes.unreadable > 0 || this.#options.store.unreadable > 0) return undefined;
    return new Set([
      ...boxes.list().flatMap(({ record }) => record.layers),
      ...this.#origins().flatMap(({ layers }) => layers),
      ...this.#merges.needed(),
    ]);
  }
}

/** Begins with the time, so that ids are in the order in which they were made. */
function newId(): string {
  return `snap_${Date.now().toString(36)}${randomBytes(6).toString("hex")}`;
}

function deletedMeanwhile(id: string): EngineError {
  const text = `Snapshot ${id} was deleted while it was being taken; take another one.`;
  return new EngineError(404, "not_found", text);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
