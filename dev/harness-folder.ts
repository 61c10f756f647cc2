import { mkdirSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Where tests, benches and the demo have the agents' programs: 950 MB that are installed once on a
 * machine, and not for each engine.
 */
export function harnessFolder(): string {
  const own = process.getuid?.() ?? 0;
  const folder = process.env.BOX_HARNESSES ?? join(tmpdir(), `box-action-harnesses-${own}`);
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  if (statSync(folder).uid === own) return folder;
  throw new Error(`${folder} is somebody else's; set BOX_HARNESSES to a folder of your own.`);
}

/** Whether a harness's program is there already. */
export async function isHarnessInstalled(name: string): Promise<boolean> {
  return (await readdir(harnessFolder())).some((entry) => entry.startsWith(`${name}-`));
}
