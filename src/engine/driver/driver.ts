import type { BoxdConnection } from "../boxd/index.ts";

/** What a box may reach: all that is public, or only itself. */
export type NetworkMode = "allow-all" | "deny-all";

/** What a driver needs to know of a box. The folder is the box's own; everything of it lives there. */
export interface SandboxSpec {
  id: string;
  /** Absolute; the driver makes it and keeps the box's own changes below it. */
  folder: string;
  /**
   * Drivers derive host users from it. No two living boxes have the same, except those that come from
   * one snapshot: they share its files and so its owner.
   */
  slot: number;
  /** Folders of immutable layers that lie below the box's own changes, topmost first. */
  layers: readonly string[];
  /** The Debian base that the box was made on; undefined: the host's own `/usr`, read-only. */
  base: string | undefined;
  network: NetworkMode;
}

/** A box that nobody has made yet, or whose making was cut off: only its folder is known. */
export function emptySpec(id: string, folder: string): SandboxSpec {
  return { id, folder, slot: 0, layers: [], base: undefined, network: "deny-all" };
}

/** A running box: a live connection to the `boxd` in it. */
export interface Sandbox {
  readonly connection: BoxdConnection;
  /** Resolves when the box has stopped, whoever stopped it. Never rejects. */
  readonly stopped: Promise<void>;
  /** Ends every process in the box and keeps its disk. */
  stop(): Promise<void>;
  /** Changes what the box may reach, at once and for connections that are open. */
  setNetwork(mode: NetworkMode): Promise<void>;
}

/** What a driver can hold a box to. A request for more is refused, never ignored. */
export interface Enforcement {
  /** The first is what a box gets that asks for nothing. */
  network: readonly [NetworkMode, ...NetworkMode[]];
  /** Hard limits on processors, memory and disk. */
  limits: boolean;
}

/** What a layer takes on the disk. */
export interface LayerSize {
  /** What could be counted at once: all, unless there is `count`. */
  bytes: number;
  /** Counts all. Takes a while, and nothing else waits for it. */
  count?: () => Promise<number>;
}

/** The one seam between the engine and what isolates a box. */
export interface Driver {
  readonly name: string;
  readonly enforces: Enforcement;
  /** The base that new boxes are made on, if the operator has built one. */
  readonly base: string | undefined;
  /**
   * Says whether boxes can be made on this host.
   * @returns what they lack here, each with the remedy, for the operator to read
   * @throws EngineError `sandbox_unavailable` with the exact reason and the remedy.
   */
  check(): Promise<readonly string[]>;
  /**
   * Says whether a language's tools are there for new boxes.
   * @param base that the box is to stand on; see `SandboxSpec.base`
   * @throws EngineError 400 naming what is missing and how to get it
   */
  requireRuntime(runtime: string, base: string | undefined): Promise<void>;
  /** Starts the box with what is on its disk; an empty folder gets a fresh disk. */
  start(spec: SandboxSpec): Promise<Sandbox>;
  /** Removes the disk of a stopped box. Its layers stay. */
  destroy(spec: SandboxSpec): Promise<void>;
  /**
   * Makes an immutable layer of what a stopped box has changed, in a time that does not depend on its
   * size; the box goes on above it. The caller adds the layer to the box's record first.
   * @param layer an absolute folder that does not exist, on the file system of the box's folder
   */
  detachLayer(spec: SandboxSpec, layer: string): Promise<void>;
  /**
   * Copies what a box has changed into a layer while its processes stand still; they go on afterwards.
   * Takes the time of a copy.
   */
  copyLayer(spec: SandboxSpec, sandbox: Sandbox, layer: string): Promise<void>;
  /** Whether the box has changed nothing since its topmost layer. */
  isUnchanged(spec: SandboxSpec): Promise<boolean>;
  /** Whether the box's own disk has everything, so that a layer made of it needs none below it. */
  standsAlone(spec: SandboxSpec): Promise<boolean>;
  /**
   * Copies what a box above these layers sees, topmost first, into one layer.
   * @param merged an absolute folder that does not exist; it is there only when it is whole
   */
  mergeLayers(layers: readonly string[], merged: string): Promise<void>;
  /** How much disk a layer takes. Synchronous, within two or three milliseconds. */
  layerSize(layer: string): LayerSize;
  /** Removes a layer that nothing needs any more. */
  destroyLayer(layer: string): Promise<void>;
}
