import { chmodSync, chownSync, mkdirSync } from "node:fs";
import { chmod, lstat, mkdir, readlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { EngineError } from "../../engine-error.ts";
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
import { DISK, type HostFiles, makeHostFiles } from "./host-files.ts";
import { layerSize } from "./layer-size.ts";
import { Layers, type MountedDisk } from "./layers.ts";
import { removeTree } from "./remove-tree.ts";
import { requireTools } from "./require-tools.ts";
import { stage } from "./stage.ts";
import { startSandbox } from "./start-sandbox.ts";
import { everyoneMayPass, findToolchain, type Toolchain } from "./toolchain.ts";

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
  const toolchain = await findToolchain({
    data: options.data,
    separateUsers: isRoot,
    execPath: options.execPath,
  });
  const layers = new Layers(options.data, isRoot);
  const { modes, lacking } = await networkModes(isRoot);
  return new BubblewrapDriver({
    isRoot,
    files,
    layout,
    toolchain,
    allowed,
    modes,
    lacking,
    layers,
  });
}

/** What is found out once, when the driver is made. */
interface Host {
  isRoot: boolean;
  files: HostFiles;
  layout: RootLayout;
  toolchain: Toolchain;
  allowed: readonly string[];
  modes: Enforcement["network"];
  lacking: string | undefined;
  layers: Layers;
}

class BubblewrapDriver implements Driver {
  readonly name = "bubblewrap";
  readonly enforces: Enforcement;
  readonly base = undefined;
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
    this.enforces = { network: host.modes, limits: false };
  }

  async check(): Promise<readonly string[]> {
    const folder = join(this.#host.files.etc, "..", "check");
    const [network] = this.enforces.network;
    const spec = { ...emptySpec("check", folder), network };
    try {
      const sandbox = await this.start(spec);
      await sandbox.stop();
    } finally {
      await this.destroy(spec);
    }
    return this.#host.lacking === undefined ? [] : [this.#host.lacking];
  }

  async requireRuntime(runtime: string): Promise<void> {
    const { layout, toolchain } = this.#host;
    requireTools(runtime, { base: undefined, layout, toolchain });
  }

  async start(spec: SandboxSpec): Promise<Sandbox> {
    const { isRoot, files, layout, toolchain, layers } = this.#host;
    const hostUser = isRoot ? FIRST_BOX_UID + spec.slot : undefined;
    // Explicit modes: the umask of a hardened service (027, 077) would shut the box's user out.
    mkdirSync(spec.folder, { recursive: true });
    chmodSync(spec.folder, 0o711);
    const disk = layers.standsAlone(spec)
      ? makeDisk(layers.ownDisk(spec), hostUser)
      : await layers.mount(spec, hostUser);
    // Also for a box that may reach nothing, so that it can be opened while it runs.
    const isStaged = this.enforces.network.includes("allow-all");
    const steps = isStaged ? [networkStep(await this.#closed())] : [];
    const command = bubblewrapArguments({
      disk: disk.path,
      files,
      layout,
      toolchain,
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

  async #closed(): Promise<string[]> {
    return closedNetworks(await ownAddresses(), [...this.#host.allowed, SLIRP.own]);
  }

  async destroy(spec: SandboxSpec): Promise<void> {
    await removeTree(spec.folder);
  }

  detachLayer(spec: SandboxSpec, layer: string): Promise<void> {
    return this.#host.layers.detach(spec, layer);
  }

  copyLayer(spec: SandboxSpec, sandbox: Sandbox, layer: string): Promise<void> {
    return this.#host.layers.copy(spec, sandbox, layer);
  }

  isUnchanged(spec: SandboxSpec): Promise<boolean> {
    return this.#host.layers.isUnchanged(spec);
  }

  async standsAlone(spec: SandboxSpec): Promise<boolean> {
    return this.#host.layers.standsAlone(spec);
  }

  mergeLayers(layers: readonly string[], merged: string): Promise<void> {
    return this.#host.layers.merge(layers, merged);
  }

  layerSize(layer: string): LayerSize {
    return layerSize(layer, this.#host.isRoot);
  }

  async destroyLayer(layer: string): Promise<void> {
    await removeTree(layer);
  }
}

/**
 * Makes the folders of a disk that is new; what exists in one is left as it is. Synchronous: ten small
 * system calls take a third of a millisecond at once, and three through the thread pool.
 */
function makeDisk(disk: string, hostUser: number | undefined): MountedDisk {
  mkdirSync(disk, { recursive: true });
  // For the box's user alone: what is setuid or open to all in a box must be in nobody else's reach.
  // Also for a disk that is there already, since earlier versions made it open.
  chmodSync(disk, 0o700);
  if (hostUser !== undefined) chownSync(disk, hostUser, hostUser);
  for (const part of Object.keys(DISK)) {
    const folder = join(disk, part);
    if (mkdirSync(folder, { recursive: true, mode: 0o700 }) === undefined) continue;
    if (hostUser !== undefined) chownSync(folder, hostUser, hostUser);
    // Sticky and open, as programs expect of /tmp; the disk's folder, closed above, keeps other users out.
    if (part === "tmp") chmodSync(folder, 0o1777);
  }
  return { path: disk, before: [] };
}

async function rootLayout(): Promise<RootLayout> {
  const links: Array<[string, string]> = [];
  const directories: string[] = [];
  for (const name of ["bin", "sbin", "lib", "lib32", "lib64", "libx32"]) {
    const stat = await lstat(`/${name}`).catch(() => null);
    if (stat?.isSymbolicLink()) links.push([name, await readlink(`/${name}`)]);
    else if (stat?.isDirectory()) directories.push(name);
  }
  return { links, directories };
}

/** @param firstMade the topmost of the folders that were made for the data folder, if any were */
async function requirePassable(data: string, firstMade: string | undefined): Promise<void> {
  await chmod(data, 0o711);
  if (firstMade !== undefined) {
    // Folders that the engine made are its own to open; all others are the operator's.
    for (let folder = data; folder.length > firstMade.length; folder = dirname(folder)) {
      await chmod(dirname(folder), 0o711);
    }
  }
  if (await everyoneMayPass(data)) return;
  throw new EngineError(
    503,
    "sandbox_unavailable",
    `Boxes of an engine that runs as root have users of their own, and these cannot reach the data folder ${data}. ` +
      "Choose one that every user may pass through, such as --data /var/lib/box-action.",
  );
}
