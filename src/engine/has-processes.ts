import type { BoxdConnection } from "./boxd/index.ts";

/** Whether anything but the box's supervisor lives in it. */
export async function hasProcesses(connection: BoxdConnection): Promise<boolean> {
  for await (const { name } of connection.files.list("/proc")) {
    if (/^\d+$/.test(name) && name !== "1") return true;
  }
  return false;
}
