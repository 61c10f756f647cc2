import { access, chmod, mkdir, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { lockFile } from "../../../host/lock-file.ts";
import { EngineError } from "../../engine-error.ts";
import { HARNESSES_IN_BOX } from "../../paths.ts";
import type { Harness } from "../harness.ts";
import { HARNESSES } from "../harnesses.ts";
import { hostKind } from "./host-kind.ts";
import { npmInstall } from "./npm-install.ts";

/** Between looks at a lock that another process holds. */
const LOCK_WAIT_MS = 250;
/** What an installation is called that goes on, or was cut off. */
const UNFINISHED = ".installing-";

/** What `box-action engine harness list` shows. */
export interface HarnessStatus {
  harness: string;
  version: string;
  installed: boolean;
  /** Megabytes are many: where they are. */
  folder: string;
}

/**
 * The agent programs on this machine, each in a folder of its version, which is there when it is whole.
 * The folder above them is bound into every box, read-only, so that a box which runs already sees a
 * program that is installed later.
 */
export class HarnessPrograms {
  readonly folder: string;
  readonly #installing = new Map<string, Promise<void>>();

  /** @param folder made when it is not there */
  constructor(folder: string) {
    this.folder = folder;
  }

  /** Makes the folder, where every user may look. */
  async open(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    await chmod(this.folder, 0o755);
  }

  /** In the order in which the documents name them. */
  async list(): Promise<HarnessStatus[]> {
    return Promise.all(
      [...HARNESSES.values()].map(async (harness) => ({
        harness: harness.name,
        version: harness.package?.version ?? "",
        installed: await this.#isInstalled(harness),
        folder: this.#folderOf(harness),
      })),
    );
  }

  /**
   * Installs a harness's program where it is not installed. Whoever comes meanwhile waits for the same
   * installation, also in another process.
   *
   * @param onProgress told when it takes a while
   * @returns its folder in boxes
   * @param signal whoever waits no longer; an installation that has begun goes on
   * @throws EngineError 503 `harness_not_installed` with the reason and the command that installs it
   */
  async ensure(
    harness: Harness,
    onProgress: (message: string) => void,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<string> {
    if (!(await this.#isInstalled(harness))) {
      const { name } = harness;
      let installing = this.#installing.get(name);
      installing ??= this.#install(harness, onProgress).finally(() =>
        this.#installing.delete(name),
      );
      this.#installing.set(name, installing);
      await Promise.race([installing, aborted(signal)]);
    }
    return `${HARNESSES_IN_BOX}/${folderName(harness)}`;
  }

  async #install(harness: Harness, onProgress: (message: string) => void): Promise<void> {
    const { name, package: wanted } = harness;
    if (wanted === undefined) throw new Error(`${name} is no program that can be installed.`);
    const host = await hostKind();
    await this.open();
    const release = await this.#lock(name, onProgress);
    try {
      if (await this.#isInstalled(harness)) return;
      await this.#removeUnfinished(name);
      onProgress(`Installing ${name} ${wanted.version} from npm; this is done once.`);
      const unfinished = join(this.folder, `${UNFINISHED}${folderName(harness)}`);
      try {
        await mkdir(unfinished, { mode: 0o755 });
        await chmod(unfinished, 0o755);
        await writeFile(join(unfinished, "package.json"), '{"private":true}');
        await npmInstall(unfinished, wanted.spec(wanted.version, host));
        const program = join("node_modules", wanted.program(host));
        await access(join(unfinished, program));
        await symlink(program, join(unfinished, programName(harness)));
        await rename(unfinished, this.#folderOf(harness));
      } catch (cause) {
        await rm(unfinished, { recursive: true, force: true });
        throw new EngineError(
          503,
          "harness_not_installed",
          `${name} ${wanted.version} is not installed, and cannot be: ${(cause as Error).message}. Where npm reaches its registry: box-action engine harness install ${name}.`,
          { cause },
        );
      }
      onProgress(`${name} ${wanted.version} is installed.`);
    } finally {
      await release();
    }
  }

  async #lock(name: string, onProgress: (message: string) => void): Promise<() => Promise<void>> {
    for (let told = false; ; told = true) {
      const lock = await lockFile(join(this.folder, `.${name}.lock`));
      if ("release" in lock) return lock.release;
      if (!told) onProgress(`Waiting for process ${lock.heldBy}, which installs ${name}.`);
      await delay(LOCK_WAIT_MS);
    }
  }

  /** What a process has left that was ended in the middle. */
  async #removeUnfinished(name: string): Promise<void> {
    for (const entry of await readdir(this.folder)) {
      if (!entry.startsWith(`${UNFINISHED}${name}-`)) continue;
      await rm(join(this.folder, entry), { recursive: true, force: true });
    }
  }

  async #isInstalled(harness: Harness): Promise<boolean> {
    return access(this.#folderOf(harness)).then(
      () => true,
      () => false,
    );
  }

  #folderOf(harness: Harness): string {
    return join(this.folder, folderName(harness));
  }
}

/** Rejects with the reason. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

function folderName({ name, package: wanted }: Harness): string {
  return `${name}-${wanted?.version}`;
}

/** What a launch calls it, in the folder of its version. */
function programName({ name }: Harness): string {
  return name === "claude-code" ? "claude" : name;
}
