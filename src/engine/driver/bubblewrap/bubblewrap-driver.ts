import { chmodSync, mkdirSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { BASE_USERS } from "../../base/base-users.ts";
import { baseRoot, listBases } from "../../base/bases.ts";
import { requireBaseUsers } from "../../base/require-base-users.ts";
import {
  type Driver,
  type Enforcement,
  emptySpec,
  type LayerSize,
  type Sandbox,
  type SandboxSpec,
} from "../driver.ts";
import { closedNetworks, parseNetwork } from "../network/closed-networks.ts";
import { networkModes } from "../network/network-modes.ts";
import { networkStep } from "../network/network-step.ts";
import { ownAddresses } from "../network/own-addresses.ts";
import { SLIRP } from "../network/slirp.ts";
import { bubblewrapArguments, type RootLayout } from "./arguments.ts";
import { baseCommand } from "./base-command.ts";
import { type HostFiles, makeHostFiles } from "./host-files.ts";
import { layerSize } from "./layer-size.ts";
import { Layers } from "./layers.ts";
import { makeDisk } from "./make-disk.ts";
import { removeTree } from "./remove-tree.ts";
import { requirePassable } from "./require-passable.ts";
import { requireTools } from "./require-tools.ts";
import { resolveInRoot } from "./resolve-in-root.ts";
import { type BaseSpec, RootLayers } from "./root-layers.ts";
import { rootLayout } from "./root-layout.ts";
import { stage } from "./stage.ts";
import { fromOutside, fromWithin, standStill } from "./stand-still.ts";
import { startSandbox } from "./start-sandbox.ts";
import { findToolchain, NO_TOOLCHAIN, type Toolchain } from "./toolchain.ts";

/**
 * A root engine gives each box a host user of its own, so that nothing in a box is ever uid 0 of the
 * host and two boxes cannot touch each other's files. The range lies above those of login.defs, of
 * subuid and of systemd's containers.
 */
const FIRST_BOX_UID = 1_900_000_000;

export interface BubblewrapOptions {
  /** The engine's data folder. Shared files go below it. */
  data: string;
  /** The boxd to put into boxes. */
  boxdProgram: string;
  /** The folder of the agents' programs, which boxes see. @default `<data>/harnesses` */
  harnesses?: string | undefined;
  /** The Node that boxes get when they do not find one in `/usr`. @default the engine's own */
  execPath?: string;
  /** Private networks (CIDRs) and addresses of the host's own that boxes may reach all the same. @default none */
  allowedNetworks?: readonly string[] | undefined;
}

/**
 * Boxes by Linux namespaces: no daemon, no root needed. Good for one's own repositories; the kernel
 * is shared with the host, so it is not a wall against hostile tenants (docs/security.md).
 */
export async function bubblewrapDriver(options: BubblewrapOptions): Promise<Driver> {
  const isRoot = process.getuid?.() === 0;
  const allowed = options.allowedNetworks ?? [];
  for (const network of allowed) parseNetwork(network);
  const firstMade = await mkdir(options.data, { recursive: true });
  if (isRoot) await requirePassable(options.data, firstMade);
  const files = await makeHostFiles(options.data, options.boxdProgram);
  const layout = await rootLayout();
  const { data, execPath } = options;
  const harnesses = resolve(options.harnesses ?? join(data, "harnesses"));
  await mkdir(harnesses, { recursive: true });
  if (isRoot) await requirePassable(harnesses, undefined);
  const toolchain = await findToolchain({ data, separateUsers: isRoot, execPath, shareUsr: true });
  const layers = new Layers(options.data, isRoot);
  const { modes, lacking } = await networkModes(isRoot);
  return new BubblewrapDriver({
    data,
    isRoot,
    execPath,
    files,
    layout,
    toolchain,
    harnesses,
    allowed,
    modes,
    lacking,
    layers,
    rootLayers: new RootLayers(data, isRoot, layers),
  });
}

/** What is found out once, when the driver is made. */
interface Host {
  data: string;
  isRoot: boolean;
  execPath: string | undefined;
  files: HostFiles;
  layout: RootLayout;
  toolchain: Toolchain;
  harnesses: string;
  allowed: readonly string[];
  modes: Enforcement["network"];
  lacking: string | undefined;
  layers: Layers;
  rootLayers: RootLayers;
}

class BubblewrapDriver implements Driver {
  readonly name = "bubblewrap";
  readonly enforces: Enforcement;
  readonly #host: Host;
  /** What boxes on a base are given; found out when the first one needs it. */
  #baseToolchain: Promise<Toolchain> | undefined;
  /** Those on a base that were started, each with the process that it was started as. */
  readonly #pids = new WeakMap<Sandbox, number>();

  constructor(host: Host) {
    this.#host = host;
    this.enforces = { network: host.modes, limits: false };
  }

  get base(): string | undefined {
    return listBases(this.#host.data)[0]?.id;
  }

  async check(): Promise<readonly string[]> {
    const folder = join(this.#host.files.etc, "..", "check");
    const [network] = this.enforces.network;
    const spec = { ...emptySpec("check", folder), base: this.base, network };
    try {
      const sandbox = await this.start(spec);
      await sandbox.stop();
    } finally {
      await this.destroy(spec);
    }
    return this.#host.lacking === undefined ? [] : [this.#host.lacking];
  }

  async requireRuntime(runtime: string, base: string | undefined): Promise<void> {
    const { data, layout } = this.#host;
    const isOnBase = base !== undefined;
    const toolchain = isOnBase ? await this.#toolchainOn(base) : this.#host.toolchain;
    requireTools(runtime, { base: isOnBase ? baseRoot(data, base) : undefined, layout, toolchain });
  }

  async start(spec: SandboxSpec): Promise<Sandbox> {
    makeFolder(spec.folder);
    return isOnBase(spec) ? this.#startOnBase(spec) : this.#startOnHost(spec);
  }

  async #startOnHost(spec: SandboxSpec): Promise<Sandbox> {
    const { isRoot, files, layout, toolchain, harnesses, layers } = this.#host;
    const hostUser = isRoot ? FIRST_BOX_UID + spec.slot : undefined;
    const disk = layers.standsAlone(spec)
      ? makeDisk(layers.ownDisk(spec), hostUser)
      : await layers.mount(spec, hostUser);
    const isStaged = this.#hasWayOut;
    const steps = isStaged ? [networkStep(await this.#closed())] : [];
    const command = bubblewrapArguments({
      disk: disk.path,
      files,
      layout,
      toolchain,
      harnesses,
      unshareNetwork: !isStaged,
    });
    return startSandbox({
      ...stage(steps, ["bwrap", ...command]),
      before: disk.before,
      filter: files.filter,
      hostUser,
      network: isStaged ? spec.network : undefined,
    });
  }

  async #startOnBase(spec: BaseSpec): Promise<Sandbox> {
    const { isRoot, files, harnesses, rootLayers } = this.#host;
    await requireBaseUsers(isRoot);
    const disk = await rootLayers.mount(spec);
    const sandbox = await startSandbox({
      ...baseCommand({
        isRoot,
        disk,
        boxd: files.boxd,
        toolchain: await this.#toolchainOn(spec.base),
        harnesses,
        closed: this.#hasWayOut ? await this.#closed() : undefined,
      }),
      before: disk.before,
      filter: files.filter,
      hostUser: isRoot ? BASE_USERS.first : undefined,
      becomesUser: true,
      network: this.#hasWayOut ? spec.network : undefined,
    });
    this.#pids.set(sandbox, sandbox.pid);
    return sandbox;
  }

  /** Staged also for a box that may reach nothing, so that it can be opened while it runs. */
  get #hasWayOut(): boolean {
    return this.enforces.network.includes("allow-all");
  }

  /** A base that has a Node keeps it; others are given the host's. */
  async #toolchainOn(base: string): Promise<Toolchain> {
    const { data, isRoot: separateUsers, execPath } = this.#host;
    if (resolveInRoot(baseRoot(data, base), "/usr/bin/node") !== undefined) return NO_TOOLCHAIN;
    this.#baseToolchain ??= findToolchain({ data, separateUsers, execPath, shareUsr: false });
    return this.#baseToolchain;
  }

  async #closed(): Promise<string[]> {
    return closedNetworks(await ownAddresses(), [...this.#host.allowed, SLIRP.own]);
  }

  async destroy(spec: SandboxSpec): Promise<void> {
    await removeTree(spec.folder);
  }

  detachLayer(spec: SandboxSpec, layer: string): Promise<void> {
    const { layers, rootLayers } = this.#host;
    return isOnBase(spec) ? rootLayers.detach(spec, layer) : layers.detach(spec, layer);
  }

  copyLayer(spec: SandboxSpec, sandbox: Sandbox, layer: string): Promise<void> {
    const { isRoot, layers, rootLayers } = this.#host;
    if (!isOnBase(spec)) {
      return standStill(fromWithin(sandbox), () => layers.copy(spec, layer));
    }
    const pid = this.#pids.get(sandbox) ?? 0;
    const signalAll = fromOutside(pid, isRoot ? BASE_USERS.first : undefined);
    return standStill(signalAll, () => rootLayers.copy(spec, layer));
  }

  async isUnchanged(spec: SandboxSpec): Promise<boolean> {
    const { layers, rootLayers } = this.#host;
    return isOnBase(spec) ? rootLayers.isUnchanged(spec) : layers.isUnchanged(spec);
  }

  async standsAlone(spec: SandboxSpec): Promise<boolean> {
    return isOnBase(spec) ? spec.layers.length === 0 : this.#host.layers.standsAlone(spec);
  }

  mergeLayers(layers: readonly string[], merged: string): Promise<void> {
    const those = RootLayers.isOne(layers[0]) ? this.#host.rootLayers : this.#host.layers;
    return those.merge(layers, merged);
  }

  layerSize(layer: string): LayerSize {
    return layerSize(layer, this.#host.isRoot);
  }

  async destroyLayer(layer: string): Promise<void> {
    await removeTree(layer);
  }
}

function isOnBase(spec: SandboxSpec): spec is BaseSpec {
  return spec.base !== undefined;
}

/** With an explicit mode: the umask of a hardened service (027, 077) would shut the box's user out. */
function makeFolder(folder: string): void {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o711);
}
