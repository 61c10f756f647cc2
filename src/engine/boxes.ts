import { chmod, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { CreateBoxRequest } from "../box/wire.ts";
import { newBoxId } from "./box-id.ts";
import { type BoxRecord, loadRecord } from "./box-record.ts";
import { configureGit } from "./configure-git.ts";
import { type Driver, emptySpec } from "./driver/driver.ts";
import { EngineBox } from "./engine-box.ts";
import { EngineError } from "./engine-error.ts";
import { requireCreatable } from "./require-creatable.ts";

/** All boxes of an engine. Each has a folder of its own below `<data>/boxes`. */
export class Boxes {
  readonly #driver: Driver;
  readonly #folder: string;
  readonly #boxes = new Map<string, EngineBox>();
  readonly #creating = new Set<Promise<EngineBox>>();
  #closed = false;

  private constructor(driver: Driver, folder: string) {
    this.#driver = driver;
    this.#folder = folder;
  }

  /**
   * Opens the boxes that an earlier engine left in the data folder; they sleep until asked for.
   * @param onError told of each box whose record cannot be read; its folder is left as it is
   */
  static async open(
    driver: Driver,
    data: string,
    onError: (error: EngineError) => void = () => {},
  ): Promise<Boxes> {
    const boxes = new Boxes(driver, join(data, "boxes"));
    await mkdir(boxes.#folder, { recursive: true });
    // Explicit: the boxes' users must pass through, whatever the engine's umask.
    await chmod(boxes.#folder, 0o711);
    for (const id of await readdir(boxes.#folder)) {
      const folder = join(boxes.#folder, id);
      try {
        const record = await loadRecord(folder);
        // A folder without a record is a create that was cut off: nobody knows its id.
        if (record === null) await driver.destroy(emptySpec(id, folder));
        else boxes.#boxes.set(id, new EngineBox(driver, folder, record));
      } catch (cause) {
        onError(unreadable(id, folder, cause));
      }
    }
    return boxes;
  }

  list(label?: string): EngineBox[] {
    const all = [...this.#boxes.values()];
    return label === undefined ? all : all.filter((box) => box.record.labels?.includes(label));
  }

  /** By id or by name. */
  get(idOrName: string): EngineBox {
    const box = this.#boxes.get(idOrName) ?? this.#byName(idOrName);
    if (box !== undefined) return box;
    throw new EngineError(
      404,
      "not_found",
      `There is no box ${idOrName}; list them with GET /v2/box.`,
    );
  }

  async create(request: CreateBoxRequest): Promise<EngineBox> {
    if (this.#closed) {
      throw new EngineError(503, "engine_stopped", "The engine stops; try again when it is back.");
    }
    requireCreatable(request, this.#driver);
    if (request.name !== undefined && this.#byName(request.name) !== undefined) {
      throw new EngineError(
        409,
        "name_taken",
        `A box named ${request.name} exists; choose another name or delete that box.`,
      );
    }
    const record = this.#newRecord(request);
    const box = new EngineBox(this.#driver, join(this.#folder, record.id), record);
    // From here on the id, the slot and the name are taken, before anything is awaited.
    this.#boxes.set(record.id, box);
    const creating = this.#make(box, request);
    this.#creating.add(creating);
    try {
      return await creating;
    } finally {
      this.#creating.delete(creating);
    }
  }

  async #make(box: EngineBox, request: CreateBoxRequest): Promise<EngineBox> {
    try {
      // Side by side, since both wait for the disk; a folder without a record is removed at the next
      // start. Neither may still be at work when the box is deleted again.
      const starting = box.connection();
      const [saved] = await Promise.allSettled([box.save(), starting]);
      if (saved.status === "rejected") throw saved.reason;
      await configureGit(await starting, request);
      return box;
    } catch (error) {
      this.#boxes.delete(box.id);
      await box.delete();
      throw error;
    }
  }

  async delete(idOrName: string): Promise<void> {
    const box = this.get(idOrName);
    this.#boxes.delete(box.id);
    await box.delete();
  }

  /** Stops every box; their disks stay. A box that is not finished yet is not made. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#boxes.values()].map((box) => box.close()));
    await Promise.allSettled(this.#creating);
  }

  #byName(name: string): EngineBox | undefined {
    return [...this.#boxes.values()].find((box) => box.record.name === name);
  }

  #newRecord(request: CreateBoxRequest): BoxRecord {
    const now = Math.floor(Date.now() / 1000);
    const slots = new Set([...this.#boxes.values()].map((box) => box.record.slot));
    // Slot 0 is the driver's own check.
    let slot = 1;
    while (slots.has(slot)) slot++;
    let id = newBoxId();
    while (this.#boxes.has(id)) id = newBoxId();
    return {
      id,
      slot,
      name: request.name,
      labels: request.labels,
      size: request.size ?? "small",
      keep_alive: request.keep_alive,
      init_command: request.init_command,
      agent: request.agent,
      model: request.model ?? (request.agent === "custom" ? "custom" : undefined),
      custom_runner: request.custom_runner,
      runtime: request.runtime,
      github_token: request.github_token,
      env_vars: request.env_vars ?? {},
      network_policy: request.network_policy ?? { mode: this.#driver.enforces.network[0] },
      status: "idle",
      created_at: now,
      updated_at: now,
      last_activity_at: now,
    };
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
