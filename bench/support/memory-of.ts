import { readFile } from "node:fs/promises";

/** What a set of processes has in memory. */
export interface Memory {
  /** Bytes that are theirs alone, and their shares of what they share. */
  pss: number;
  /** Bytes, where what is shared counts for each of them. */
  rss: number;
}

/** @throws Error when it may not look into one of them; that of another user needs root */
export async function memoryOf(pids: readonly number[]): Promise<Memory> {
  const rollups = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(orEnded)),
  );
  const sum = (name: string) =>
    rollups.reduce((total, text) => total + kilobytes(text, name) * 1024, 0);
  return { pss: sum("Pss"), rss: sum("Rss") };
}

function kilobytes(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1] ?? 0);
}

/** A process may end while it is looked at. */
function orEnded(error: NodeJS.ErrnoException): string {
  if (error.code === "ENOENT" || error.code === "ESRCH") return "";
  throw error;
}
