import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SUBUIDS } from "../../base/as-base-root.ts";
import { BASE_USERS } from "../../base/base-users.ts";
import { baseRoot } from "../../base/bases.ts";
import { EngineError } from "../../engine-error.ts";
import type { SandboxSpec } from "../driver.ts";
import { copyTree } from "./copy-tree.ts";
import type { Layers, MountedDisk } from "./layers.ts";
import { readingAll } from "./reading-all.ts";
import { removeTree } from "./remove-tree.ts";

/** A box on a base, as its record has it. */
export type BaseSpec = SandboxSpec & { base: string };

/**
 * Disks of boxes on a base: overlayfs shows the box's own changes above its layers above the base, and
 * all of it is the root of the box. A disk and a layer have
 * - `root`: what was changed. Open as a root must be, so that what it stands in is for the engine alone;
 * - `base`: a file with the base's id;
 * - `whole`: a file, when the base's own files are in `root` too.
 */
export class RootLayers {
  readonly #data: string;
  readonly #isRoot: boolean;
  readonly #layers: Layers;

  /** @param layers knows whether overlays can be used here, and where to mount them */
  constructor(data: string, isRoot: boolean, layers: Layers) {
    this.#data = data;
    this.#isRoot = isRoot;
    this.#layers = layers;
  }

  /** Whether a layer is one of these. */
  static isOne(layer: string | undefined): boolean {
    return layer !== undefined && existsSync(join(layer, "base"));
  }

  /**
   * The root of a box.
   * @throws EngineError 503 when its base is gone, or where overlayfs cannot be used
   */
  async mount(spec: BaseSpec): Promise<MountedDisk> {
    const lower = this.#lower(spec.base, spec.layers);
    const disk = diskOf(spec);
    const upper = { changes: join(disk, "root"), work: join(spec.folder, "work") };
    for (const folder of [disk, upper.work]) {
      mkdirSync(folder, { recursive: true });
      chmodSync(folder, 0o700);
    }
    if (mkdirSync(upper.changes, { recursive: true }) !== undefined) {
      chmodSync(upper.changes, 0o755);
      if (this.#isRoot) chownSync(upper.changes, BASE_USERS.first, BASE_USERS.first);
    }
    writeFileSync(join(disk, "base"), spec.base);
    return this.#layers.overlay(lower, upper, this.#userNamespace);
  }

  /** What the box has changed, in the form of a layer. */
  async detach(spec: BaseSpec, layer: string): Promise<void> {
    await rename(diskOf(spec), layer);
  }

  /** The same of a box that stands still. */
  async copy(spec: BaseSpec, layer: string): Promise<void> {
    await copyTree(diskOf(spec), layer, this.#copyOptions);
  }

  isUnchanged(spec: BaseSpec): boolean {
    const root = join(diskOf(spec), "root");
    return spec.layers.length > 0 && (!existsSync(root) || readdirSync(root).length === 0);
  }

  /**
   * One layer with all that is seen of these, topmost first, and of their base: what they have removed of
   * it could not be told otherwise.
   */
  async merge(layers: readonly string[], merged: string): Promise<void> {
    const base = await readFile(join(layers.at(-1) ?? "", "base"), "utf8");
    const part = `${merged}.making`;
    // Of an engine that was killed.
    await removeTree(part);
    try {
      await mkdir(part, { mode: 0o700 });
      const lower = this.#lower(base, layers);
      const { path, before } = await this.#layers.overlay(lower, undefined, this.#userNamespace);
      await copyTree(path, join(part, "root"), { isRoot: this.#isRoot, before });
      await writeFile(join(part, "base"), base);
      await writeFile(join(part, "whole"), "");
      await rename(part, merged);
    } catch (error) {
      await removeTree(part);
      throw error;
    }
  }

  /** What lies below, topmost first: down to the first layer that needs nothing, else to the base. */
  #lower(base: string, layers: readonly string[]): string[] {
    const whole = layers.findIndex((layer) => existsSync(join(layer, "whole")));
    const needed = whole < 0 ? layers : layers.slice(0, whole + 1);
    const roots = needed.map((layer) => join(layer, "root"));
    if (whole >= 0) return roots;
    const root = baseRoot(this.#data, base);
    if (existsSync(root)) return [...roots, root];
    throw new EngineError(
      503,
      "base_missing",
      `The box stands on the Debian base ${base}, and ${root} is gone; put it back, or delete the box.`,
    );
  }

  get #userNamespace(): readonly string[] {
    return this.#isRoot ? [] : SUBUIDS;
  }

  get #copyOptions() {
    return { isRoot: this.#isRoot, before: readingAll(this.#isRoot, true) };
  }
}

function diskOf(spec: SandboxSpec): string {
  return join(spec.folder, "disk");
}
