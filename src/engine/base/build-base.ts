import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  writeFile,
} from "node:fs/promises";
import { join, resolve } from "node:path";
import { lockFile } from "../../host/lock-file.ts";
import { makeDataFolder } from "../../host/make-data-folder.ts";
import { boxdProgram } from "../boxd-program.ts";
import { removeTree } from "../driver/bubblewrap/remove-tree.ts";
import { EngineError } from "../engine-error.ts";
import { isOnPath } from "../is-on-path.ts";
import { aptSources } from "./apt-sources.ts";
import { asBaseRoot } from "./as-base-root.ts";
import { BASE_USERS } from "./base-users.ts";
import { type Base, type BaseRecord, basesFolder } from "./bases.ts";
import { configureScript } from "./configure-script.ts";
import { requireBaseUsers } from "./require-base-users.ts";

/** What every base has beside the packages that Debian cannot do without. */
const PACKAGES = [
  "apt-utils",
  "ca-certificates",
  "curl",
  "git",
  "iproute2",
  "iputils-ping",
  "procps",
  "python3",
  "sudo",
  "unzip",
  "xz-utils",
];

/**
 * Lists of packages stay in the base, compressed, so that `apt-get install` works in a box without an
 * update before it; manuals and translations do not.
 */
const OPTIONS = [
  ...["--variant=minbase", "--format=tar"],
  "--skip=cleanup/apt/lists",
  '--aptopt=Acquire::GzipIndexes "true"',
  '--aptopt=Acquire::Languages "none"',
  ...["man", "info", "locale", "lintian"].map(
    (name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`,
  ),
  "--dpkgopt=path-exclude=/usr/share/doc/*",
  "--dpkgopt=path-include=/usr/share/doc/*/copyright",
  "--dpkgopt=path-include=/usr/share/locale/locale.alias",
];

const MEANWHILE = ".building-";

export interface BuildBaseOptions {
  /** The engine's data folder. */
  data: string;
  /** Packages beyond those that every base has. @default none */
  include?: readonly string[];
  /** @default the host's own, such as `bookworm` */
  suite?: string | undefined;
  /** Where packages come from, as mmdebstrap takes it: a URL, or a line of sources.list. @default the host's own sources */
  mirror?: string | undefined;
  /** Where mmdebstrap's own words go. @default the process's stderr */
  stderr?: "inherit" | "ignore";
}

/**
 * Builds a Debian for boxes to stand on, in about a minute. It is in its place only when it is whole;
 * what a build that was cut off has left is removed by the next one. Boxes keep the base they were made on.
 *
 * @throws EngineError `base_unavailable` naming what is missing on this host and how to get it, and
 *   `base_failed` when mmdebstrap fails, which has said why
 */
export async function buildBase(options: BuildBaseOptions): Promise<Base> {
  const isRoot = process.getuid?.() === 0;
  await requireBuildable(isRoot);
  const include = [...new Set(options.include ?? [])].map(requirePackageName);
  const suite = requireSuite(options.suite ?? (await hostSuite()));
  const folder = basesFolder(resolve(options.data));
  await makeFolder(folder, resolve(options.data));
  const lock = await lockFile(join(folder, ".lock"));
  if (!("release" in lock)) {
    throw new EngineError(
      409,
      "base_in_work",
      `Process ${lock.heldBy} is building a base in ${folder}; wait until it is done and try again.`,
    );
  }
  try {
    await removeUnfinished(folder);
    const part = await mkdtemp(join(folder, MEANWHILE));
    const mirrors = options.mirror === undefined ? await aptSources(suite) : [options.mirror];
    const archive = [
      // It ends with this process, and removes what it has made.
      ...["setpriv", "--pdeathsig", "TERM", "--"],
      ...["mmdebstrap", `--mode=${isRoot ? "root" : "unshare"}`, ...OPTIONS],
      `--include=${[...PACKAGES, ...ownNode(), ...include].join(",")}`,
      `--customize-hook=${configureScript()}`,
      ...[suite, "-", ...mirrors],
    ];
    const boxd = await boxdProgram();
    await unpack(archive, join(part, "root"), {
      isRoot,
      boxd,
      stderr: options.stderr ?? "inherit",
    });
    return await finish(folder, part, { suite, include });
  } finally {
    await removeUnfinished(folder);
    await lock.release();
  }
}

async function requireBuildable(isRoot: boolean): Promise<void> {
  await requireBaseUsers(isRoot);
  if (await isOnPath("mmdebstrap")) return;
  throw new EngineError(
    501,
    "base_unavailable",
    "A base is built by mmdebstrap, which is missing; install it: sudo apt-get install mmdebstrap.",
  );
}

/** Debian's rule for names; a version or a release after it is mmdebstrap's to refuse. */
function requirePackageName(name: string): string {
  if (/^[a-z0-9][a-z0-9+.-]+$/.test(name)) return name;
  throw new EngineError(
    400,
    "invalid_request",
    `"${name}" is no name of a package; look it up with apt-cache search.`,
  );
}

function requireSuite(suite: string): string {
  if (/^[a-z][a-z0-9-]*$/.test(suite)) return suite;
  throw new EngineError(
    400,
    "invalid_request",
    `"${suite}" is no suite; name one such as bookworm.`,
  );
}

async function hostSuite(): Promise<string> {
  const release = await readFile("/etc/os-release", "utf8").catch(() => "");
  const suite = /^VERSION_CODENAME="?(\w+)"?$/m.exec(release)?.[1];
  if (suite !== undefined && /^ID="?(debian|ubuntu)"?$/m.test(release)) return suite;
  throw new EngineError(
    400,
    "invalid_request",
    "This host is neither Debian nor Ubuntu; name the release that boxes shall have: --suite bookworm.",
  );
}

/** A Node of Debian's own is of many parts and cannot be bound into a box: the base gets the same. */
function ownNode(): string[] {
  const { node_shared } = process.config.variables as { node_shared?: boolean };
  return node_shared ? ["nodejs", "npm"] : [];
}

/** For the engine's own user alone: the programs that are setuid in a base are so on the host too. */
async function makeFolder(folder: string, data: string): Promise<void> {
  await makeDataFolder(data);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
}

async function removeUnfinished(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(MEANWHILE));
  for (const name of names) await removeTree(join(folder, name));
}

/** The archive that a program writes, unpacked with its owners into a folder that is not there yet. */
async function unpack(archive: readonly string[], root: string, options: Unpack): Promise<void> {
  const { isRoot, stderr } = options;
  await mkdir(root);
  if (isRoot) await chown(root, BASE_USERS.first, BASE_USERS.first);
  const env = { ...passedOn(), LC_ALL: "C.UTF-8" };
  const [program = "", ...rest] = archive;
  const make = spawn(program, rest, { stdio: ["ignore", "pipe", stderr], env, cwd: "/" });
  const [as = "", ...user] = asBaseRoot(isRoot, options.boxd);
  // Its folder is where it stands: its user may not pass through those above.
  const extract = spawn(as, [...user, "sh", "-c", UNPACK], {
    stdio: [make.stdout, "ignore", stderr],
    env,
    cwd: root,
  });
  const codes = await Promise.all([make, extract].map(exitCode));
  // Its own copy of the pipe.
  make.stdout?.destroy();
  if (codes.every((code) => code === 0)) return;
  throw new EngineError(
    500,
    "base_failed",
    `The base was not built: mmdebstrap ended with ${codes[0]}, tar with ${codes[1]}; see above for the reason, mend it and try again.`,
  );
}

/** Nothing else of the engine's environment is packages' or mirrors' business. */
function passedOn(): NodeJS.ProcessEnv {
  const names = ["PATH", "TMPDIR", "http_proxy", "https_proxy", "no_proxy"];
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}

interface Unpack {
  isRoot: boolean;
  boxd: string;
  stderr: "inherit" | "ignore";
}

/**
 * Devices are each box's own. No package starts its services by being installed, since nothing supervises
 * them in a box; written here, since mmdebstrap puts its own in that place and takes it away again.
 */
const UNPACK = `
set -e
tar --extract --numeric-owner --preserve-permissions --exclude='./dev/*'
printf '#!/bin/sh\\nexit 101\\n' >usr/sbin/policy-rc.d
chmod 755 usr/sbin/policy-rc.d
`;

/** @throws the error of a program that could not be started */
async function exitCode(child: ChildProcess): Promise<number | null> {
  const [code] = await once(child, "exit");
  return code;
}

/** Gives a base that is whole its name and its place. */
async function finish(
  folder: string,
  part: string,
  about: Pick<BaseRecord, "suite" | "include">,
): Promise<Base> {
  const created_at = Date.now();
  const record: BaseRecord = { ...about, created_at, built_by: process.getuid?.() ?? 0 };
  const time = new Date(created_at).toISOString().replace(/[-:.]/g, "").toLowerCase();
  const id = `${about.suite}-${time}`;
  await writeFile(join(part, "base.json"), `${JSON.stringify(record)}\n`);
  await rename(part, join(folder, id));
  return { id, ...record };
}
