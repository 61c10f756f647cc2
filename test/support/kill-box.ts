import { readdir, readFile } from "node:fs/promises";

/** Kills the sandbox of a box from outside, as the kernel does when memory runs out. */
export async function killBox(id: string): Promise<void> {
  for (const pid of await readdir("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (command.startsWith("bwrap\0") && command.includes(`/boxes/${id}/`)) {
      process.kill(Number(pid), "SIGKILL");
    }
  }
}
