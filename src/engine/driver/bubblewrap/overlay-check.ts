import { execFile } from "node:child_process";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { overlayCommand } from "./overlay-command.ts";

/** What boxes do to what lies below them: change, remove and replace. Each needs something of the file system. */
const USE = `
cd -- "$1" || exit
echo more >>changed && rm removed && rm -r folder && mkdir folder || exit
test "$(cat changed)" = "one
more" && test ! -e removed && test ! -e folder/removed
`;

/**
 * Says whether layers can lie above each other in this folder, by doing it.
 * @param folder made and removed again
 * @returns undefined when they can, else what was in the way
 */
export async function overlayCheck(folder: string, isRoot: boolean): Promise<string | undefined> {
  const [lower, changes, work, mountPoint] = ["lower", "changes", "work", "mount"].map((name) =>
    join(folder, name),
  ) as [string, string, string, string];
  try {
    await rm(folder, { recursive: true, force: true });
    for (const path of [join(lower, "folder"), changes, work, mountPoint]) {
      await mkdir(path, { recursive: true });
    }
    for (const name of ["changed", "removed", "folder/removed"]) {
      await writeFile(join(lower, name), "one\n");
    }
    const overlay = { root: folder, lower: [lower], upper: { changes, work }, mountPoint };
    const command = [...overlayCommand(overlay, isRoot), "sh", "-c", USE, "use", mountPoint];
    const [program = "", ...rest] = command;
    await promisify(execFile)(program, rest, { env: { PATH: process.env.PATH }, cwd: "/" });
    return undefined;
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    return (stderr?.trim() || message).slice(0, 500);
  } finally {
    // overlayfs leaves a folder of mode 000.
    await chmod(join(work, "work"), 0o700).catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  }
}
