import { chmodSync, chownSync, existsSync, mkdirSync } from "node:fs";
import { readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { EngineError } from "../../engine-error.ts";
import type { SandboxSpec } from "../driver.ts";
import { copyTree } from "./copy-tree.ts";
import { overlayCheck } from "./overlay-check.ts";
import { overlayCommand } from "./overlay-command.ts";

/** A disk to bind into a box, and the command line's beginning under which it is there. */
export interface MountedDisk {
  path: string;
  /** Run as the engine's own user. */
  before: readonly string[];
}

/**
 * Disks that lie on immutable layers. `<box>/disk` has the box's own changes, and overlayfs shows them
 * above the layers. Where overlayfs cannot be used, a box starts with a copy of its one layer in
 * `<box>/whole`, and that is its disk from then on.
 */
export class Layers {
  readonly #data: string;
  readonly #isRoot: boolean;
  #lacking: Promise<string | undefined> | undefined;

  /** @param data the engine's data folder: boxes, layers and bases are below it */
  constructor(data: string, isRoot: boolean) {
    this.#data = data;
    this.#isRoot = isRoot;
  }

  /** Whether the box's own disk has everything, with nothing needed below it. */
  standsAlone(spec: SandboxSpec): boolean {
    return spec.layers.length === 0 || existsSync(whole(spec));
  }

  /** The disk of a box that stands alone. */
  ownDisk(spec: SandboxSpec): string {
    return existsSync(whole(spec)) ? whole(spec) : changes(spec);
  }

  /**
   * The disk of a box that does not stand alone. Everything of the overlay belongs to the box's user.
   * @throws EngineError 503 when it has several layers and overlayfs cannot be used here
   */
  async mount(spec: SandboxSpec, hostUser: number | undefined): Promise<MountedDisk> {
    const lacking = await this.#whatOverlaysLack();
    if (lacking !== undefined) return this.#mountCopy(spec, lacking);
    const upper = { changes: changes(spec), work: join(spec.folder, "work") };
    for (const folder of [upper.changes, upper.work]) {
      mkdirSync(folder, { recursive: true });
      // As of a disk without layers: closed to all other users of the host.
      chmodSync(folder, 0o700);
    }
    if (hostUser !== undefined) chownSync(upper.changes, hostUser, hostUser);
    return this.#overlay(spec.layers, upper);
  }

  /**
   * An overlay of any folders below the data folder.
   * @param lower topmost first
   * @param userNamespace how `unshare` makes the user namespace that it is mounted in
   * @throws EngineError 503 where overlayfs cannot be used
   */
  async overlay(
    lower: readonly string[],
    upper: { changes: string; work: string } | undefined,
    userNamespace: readonly string[],
  ): Promise<MountedDisk> {
    const lacking = await this.#whatOverlaysLack();
    if (lacking !== undefined) throw overlayUnavailable(lacking);
    return this.#overlay(lower, upper, userNamespace);
  }

  /** Makes an immutable layer of what the box has changed; it is at rest. */
  async detach(spec: SandboxSpec, layer: string): Promise<void> {
    await rename(this.ownDisk(spec), layer);
  }

  /** Copies what the box has changed into a layer, while it stands still. */
  async copy(spec: SandboxSpec, layer: string): Promise<void> {
    await copyTree(this.ownDisk(spec), layer, { isRoot: this.#isRoot });
  }

  /** Whether the box has changed nothing since its topmost layer. */
  async isUnchanged(spec: SandboxSpec): Promise<boolean> {
    return !this.standsAlone(spec) && (await isEmpty(changes(spec)));
  }

  /**
   * Copies what is seen of layers, topmost first, into one.
   * @throws EngineError 503 where overlayfs cannot be used
   */
  async merge(layers: readonly string[], merged: string): Promise<void> {
    const lacking = await this.#whatOverlaysLack();
    if (lacking !== undefined) throw overlayUnavailable(lacking);
    const { path, before } = this.#overlay(layers);
    await copyTree(path, merged, { isRoot: this.#isRoot, before });
  }

  /** One for all: each mount is in a namespace of its own. */
  get #mountPoint(): string {
    return join(this.#data, "shared", "disk");
  }

  #overlay(
    lower: readonly string[],
    upper?: { changes: string; work: string },
    userNamespace?: readonly string[],
  ): MountedDisk {
    mkdirSync(this.#mountPoint, { recursive: true });
    const overlay = { root: this.#data, lower, upper, mountPoint: this.#mountPoint };
    const before = overlayCommand(overlay, this.#isRoot, userNamespace);
    return { path: this.#mountPoint, before };
  }

  async #mountCopy(spec: SandboxSpec, lacking: string): Promise<MountedDisk> {
    const [layer, ...more] = spec.layers;
    if (layer === undefined || more.length > 0 || !(await isEmpty(changes(spec)))) {
      throw overlayUnavailable(lacking);
    }
    await copyTree(layer, whole(spec), { isRoot: this.#isRoot });
    return { path: whole(spec), before: [] };
  }

  /** Found out when it is first needed: 20 ms that no engine without snapshots has to wait. */
  async #whatOverlaysLack(): Promise<string | undefined> {
    this.#lacking ??= overlayCheck(join(this.#data, "shared", "overlay-check"), this.#isRoot);
    const lacking = await this.#lacking;
    // It may have been the moment's, such as a full disk.
    if (lacking !== undefined) this.#lacking = undefined;
    return lacking;
  }
}

function changes(spec: SandboxSpec): string {
  return join(spec.folder, "disk");
}

function whole(spec: SandboxSpec): string {
  return join(spec.folder, "whole");
}

async function isEmpty(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return names.length === 0;
}

function overlayUnavailable(lacking: string): EngineError {
  return new EngineError(
    503,
    "overlay_unavailable",
    `The box's disk lies in layers that overlayfs cannot show here (${lacking}). ` +
      "Put the data folder on ext4, xfs or btrfs, not on another overlay; in a container, on a volume and with --cap-add SYS_ADMIN.",
  );
}
