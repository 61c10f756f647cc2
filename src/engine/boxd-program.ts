import { access, constants } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { EngineError } from "./engine-error.ts";

/** Beside the sources in a checkout, and in the package: `native/boxd/build/boxd`. */
const PROGRAM = fileURLToPath(new URL("../../native/boxd/build/boxd", import.meta.url));

/**
 * Where the supervisor for boxes stands on this host.
 * @throws EngineError when it was not built
 */
export async function boxdProgram(): Promise<string> {
  try {
    await access(PROGRAM, constants.X_OK);
    return PROGRAM;
  } catch (cause) {
    throw new EngineError(
      503,
      "sandbox_unavailable",
      `${PROGRAM} is missing; build it with: npm run setup (it needs gcc).`,
      { cause },
    );
  }
}
