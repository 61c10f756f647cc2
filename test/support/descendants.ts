import { readdir, readFile } from "node:fs/promises";

/**
 * Process ids of everything that descends from a process, by way of /proc.
 * @param program only those with this name
 */
export async function descendants(pid: number, program?: string): Promise<number[]> {
  const parents = new Map<number, number>();
  const names = new Map<number, string>();
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, "utf8").catch(() => null);
    // The program's name may hold blanks and parentheses; the parent is the second field after it.
    const parent = stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
    names.set(Number(name), stat?.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")")) ?? "");
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const found: number[] = [];
  const collect = (of: number) => {
    for (const [child, parent] of parents) {
      if (parent !== of) continue;
      found.push(child);
      collect(child);
    }
  };
  collect(pid);
  return program === undefined ? found : found.filter((each) => names.get(each) === program);
}

/** Of these processes, those that still run; a zombie does not. */
export async function alive(pids: readonly number[]): Promise<number[]> {
  const states = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/stat`, "utf8").catch(() => null)),
  );
  return pids.filter((_pid, index) => {
    const stat = states[index];
    return stat != null && stat[stat.lastIndexOf(")") + 2] !== "Z";
  });
}
