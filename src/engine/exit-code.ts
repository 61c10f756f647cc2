import { constants } from "node:os";
import type { BoxdExit } from "./boxd/index.ts";

/** As a shell has it: 128 + the number of the signal that ended the process. */
export function exitCode(exit: BoxdExit): number {
  if (exit.code !== null) return exit.code;
  return 128 + constants.signals[exit.signal ?? "SIGKILL"];
}
