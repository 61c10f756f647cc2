import { execFile } from "node:child_process";
import { rename } from "node:fs/promises";
import { promisify } from "node:util";
import { diskFull } from "../../disk-full.ts";
import { EngineError } from "../../engine-error.ts";
import { readingAll } from "./reading-all.ts";
import { removeTree } from "./remove-tree.ts";

/** Ends with the engine: a copy that goes on alone would write where the next engine cleans up. */
const COPY = [
  ...["setpriv", "--pdeathsig", "KILL", "--"],
  ...["cp", "--archive", "--preserve=xattr", "--no-target-directory", "--reflink=auto", "--"],
];

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
  const [program = "", ...rest] = [...before, ...COPY, from, part];
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
