import { readFile } from "node:fs/promises";
import { EngineError } from "../../engine-error.ts";
import type { HostKind } from "./harness-package.ts";

/**
 * What this machine is, for those who choose a program's edition.
 * @throws EngineError 501 where no edition runs
 */
export async function hostKind(): Promise<HostKind> {
  const architecture = process.arch;
  if (process.platform !== "linux" || (architecture !== "x64" && architecture !== "arm64")) {
    throw new EngineError(
      501,
      "not_supported",
      `Agent programs run on Linux on x64 and arm64, and this is ${process.platform} on ${architecture}; use Upstash Box.`,
    );
  }
  const processors = await readFile("/proc/cpuinfo", "utf8").catch(() => "");
  return { architecture, hasAvx2: /\bavx2\b/.test(processors) };
}
