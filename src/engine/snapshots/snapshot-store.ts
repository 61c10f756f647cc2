import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { EngineError } from "../engine-error.ts";
import { JsonFile } from "../store/json-file.ts";
import { SnapshotRecord } from "./snapshot-record.ts";

const SUFFIX = ".json";

interface Kept {
  record: SnapshotRecord;
  file: JsonFile<typeof SnapshotRecord>;
}

/** The snapshots of an engine, each in a file of its own: `<data>/snapshots/<id>.json`. */
export class SnapshotStore {
  readonly #folder: string;
  readonly #kept = new Map<string, Kept>();
  readonly #leaving = new Set<SnapshotRecord>();
  #unreadable = 0;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** A snapshot whose record cannot be read is told to `onError`, and its file is left as it is. */
  static async open(folder: string, onError: (error: unknown) => void): Promise<SnapshotStore> {
    const store = new SnapshotStore(folder);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // Ids begin with the time.
    for (const name of (await readdir(folder)).sort()) {
      // What a write that was cut off has left.
      if (name.startsWith(".")) await rm(join(folder, name), { force: true });
      else if (name.endsWith(SUFFIX)) await store.#open(name.slice(0, -SUFFIX.length), onError);
    }
    return store;
  }

  /** Snapshots that are there but could not be read: nobody knows which layers they need. */
  get unreadable(): number {
    return this.#unreadable;
  }

  /** In the order in which they were taken. */
  all(): SnapshotRecord[] {
    return [...this.#kept.values()].map(({ record }) => record);
  }

  /** All whose records may be on the disk, those that are being deleted too. */
  named(): SnapshotRecord[] {
    return [...this.all(), ...this.#leaving];
  }

  /** Those that can be used. */
  ready(): SnapshotRecord[] {
    return this.all().filter(({ status }) => status === "ready");
  }

  get(id: string): SnapshotRecord | undefined {
    return this.#kept.get(id)?.record;
  }

  /** Adds a snapshot that is being taken: it gets onto the disk with its first change. */
  add(record: SnapshotRecord): void {
    this.#kept.set(record.id, { record, file: this.#file(record.id) });
  }

  /**
   * Changes a snapshot, at once and on the disk; when the disk refuses, it stays as it was.
   * @returns false when it was deleted meanwhile
   */
  async change(id: string, change: Partial<SnapshotRecord>): Promise<boolean> {
    const kept = this.#kept.get(id);
    if (kept === undefined) return false;
    const before = kept.record;
    kept.record = { ...before, ...change };
    try {
      await kept.file.replace(kept.record);
    } catch (error) {
      const names = Object.keys(change) as Array<keyof SnapshotRecord>;
      const old = Object.fromEntries(names.map((name) => [name, before[name]]));
      kept.record = { ...kept.record, ...old };
      throw error;
    }
    return this.#kept.has(id);
  }

  /** Changes what is seen of a snapshot that never got onto the disk. */
  mark(id: string, status: SnapshotRecord["status"]): void {
    const kept = this.#kept.get(id);
    if (kept !== undefined) kept.record = { ...kept.record, status };
  }

  /** @returns false when there is none */
  async remove(id: string): Promise<boolean> {
    const kept = this.#kept.get(id);
    if (kept === undefined) return false;
    // First: whoever changes it now must not write it again.
    this.#kept.delete(id);
    const { record } = kept;
    this.#leaving.add(record);
    try {
      await kept.file.remove();
    } catch (error) {
      this.#kept.set(id, kept);
      throw error;
    } finally {
      this.#leaving.delete(record);
    }
    return true;
  }

  #file(id: string): JsonFile<typeof SnapshotRecord> {
    return new JsonFile(join(this.#folder, `${id}${SUFFIX}`), SnapshotRecord);
  }

  async #open(id: string, onError: (error: unknown) => void): Promise<void> {
    const file = this.#file(id);
    try {
      const record = await file.read();
      if (record?.id !== id) throw new Error(`it is the record of ${record?.id}`);
      this.#kept.set(id, { record, file });
    } catch (cause) {
      this.#unreadable++;
      onError(unreadable(id, this.#folder, cause));
    }
  }
}

function unreadable(id: string, folder: string, cause: unknown): EngineError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new EngineError(
    500,
    "unreadable_snapshot",
    `Snapshot ${id} cannot be read (${reason}); mend or remove ${join(folder, id)}${SUFFIX} and start the engine again. ` +
      "Until then no layer is removed.",
    { cause },
  );
}
