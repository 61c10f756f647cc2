import { execFile } from "node:child_process";
import { rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { diskFull } from "../../disk-full.ts";
import { EngineError } from "../../engine-error.ts";
import { readingAll } from "./reading-all.ts";
import { removeTree } from "./remove-tree.ts";

/** Where the copy finds the tree, and the folder that the new one is to be in. */
const SOURCE = "/source";
const TARGET = "/target";

/**
 * Owners, modes of others' files, whiteouts and attributes of overlayfs. Not what opens the kernel's memory
 * in /proc.
 */
const COPYING = [
  ...["CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID"],
  ...["MKNOD", "SETFCAP", "SYS_ADMIN"],
];

/**
 * A copy of a living box's disk must not be led out of it: whoever exchanges a folder for a link at the right
 * moment has `cp` follow it. So the copy sees nothing of the host but its programs. It ends with the
 * engine: one that goes on alone would write where the next engine cleans up.
 */
function confinedCopy(from: string, to: string): string[] {
  return [
    ...["bwrap", "--die-with-parent", "--unshare-pid", "--unshare-net"],
    ...["--cap-drop", "ALL", ...COPYING.flatMap((name) => ["--cap-add", `CAP_${name}`])],
    ...["--ro-bind", "/usr", "/usr"],
    ...["bin", "lib", "lib64"].flatMap(programs),
    // Modes of folders are set by way of /proc/self/fd; none of the host's processes are in this one.
    ...["--proc", "/proc"],
    ...["--ro-bind", from, SOURCE, "--bind", dirname(to), TARGET],
    "--",
    ...["cp", "--archive", "--preserve=xattr", "--no-target-directory", "--reflink=auto"],
    ...["--", SOURCE, join(TARGET, basename(to))],
  ];
}

/** What Debian has as links into /usr, and others may have as folders. */
function programs(name: string): string[] {
  return ["--ro-bind-try", `/${name}`, `/${name}`];
}

/**
 * Copies a tree with owners, times, hard links and attributes, those of overlayfs among them. Blocks
 * are shared where the file system can. `to` is there only when all of it is.
 *
 * @param options.before what stands before `cp` in its command line @default what it takes to read all
 * @throws EngineError 507 when the disk is full; nothing is left of the copy then
 */
export async function copyTree(
  from: string,
  to: string,
  options: { isRoot: boolean; before?: readonly string[] },
): Promise<void> {
  const part = `${to}.part`;
  // Of an engine that was killed.
  await removeTree(part);
  const before = options.before ?? readingAll(options.isRoot);
  const [program = "", ...rest] = [...before, ...confinedCopy(from, part)];
  try {
    const env = { PATH: process.env.PATH, LC_ALL: "C" };
    await promisify(execFile)(program, rest, { env, cwd: "/" });
    await rename(part, to);
  } catch (cause) {
    await removeTree(part);
    throw copyFailed(cause);
  }
}

function copyFailed(cause: unknown): EngineError {
  const { stderr, message } = cause as Error & { stderr?: string };
  const said = (stderr?.trim() || message).split("\n").slice(-1)[0]?.slice(0, 300);
  if (/No space left on device|Disk quota exceeded/.test(said ?? "")) return diskFull(cause);
  const text = `A box's disk cannot be copied: ${said}. Mend that and try again.`;
  return new EngineError(500, "copy_failed", text, { cause });
}
