import type { BoxdConnection } from "../boxd/index.ts";

/** What a driver needs to know of a box. The folder is the box's own; everything of it lives there. */
export interface SandboxSpec {
  id: string;
  /** Absolute, existing; the driver keeps the box's disk below it. */
  folder: string;
  /** A number that no other living box of this engine has; drivers derive host users from it. */
  slot: number;
}

/** A running box: a live connection to the `boxd` in it. */
export interface Sandbox {
  readonly connection: BoxdConnection;
  /** Resolves when the box has stopped, whoever stopped it. Never rejects. */
  readonly stopped: Promise<void>;
  /** Ends every process in the box and keeps its disk. */
  stop(): Promise<void>;
}

/** What a driver can hold a box to. A request for more is refused, never ignored. */
export interface Enforcement {
  network: ReadonlyArray<"allow-all" | "deny-all" | "custom">;
  /** Hard limits on processors, memory and disk. */
  limits: boolean;
}

/** The one seam between the engine and what isolates a box. */
export interface Driver {
  readonly name: string;
  readonly enforces: Enforcement;
  /**
   * Says whether boxes can be made on this host.
   * @throws EngineError `sandbox_unavailable` with the exact reason and the remedy.
   */
  check(): Promise<void>;
  /** Starts the box with what is on its disk; an empty folder gets a fresh disk. */
  start(spec: SandboxSpec): Promise<Sandbox>;
  /** Removes the disk of a stopped box. */
  destroy(spec: SandboxSpec): Promise<void>;
}
