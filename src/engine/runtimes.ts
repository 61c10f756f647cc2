import { EngineError } from "./engine-error.ts";

const RUNTIMES = ["node", "python", "golang", "ruby", "rust"];
const ALPINE = "-alpine";

/**
 * The language that a `runtime` stands for: `python` for `python` and `python-alpine`.
 * @throws EngineError 400 when there is no such runtime
 */
export function runtimeName(runtime: string): string {
  const name = isAlpine(runtime) ? runtime.slice(0, -ALPINE.length) : runtime;
  if (RUNTIMES.includes(name)) return name;
  throw new EngineError(
    400,
    "invalid_request",
    `runtime: ${JSON.stringify(runtime)} is unknown; use one of ${RUNTIMES.join(", ")}.`,
  );
}

/** Whether an Alpine box is asked for. */
export function isAlpine(runtime: string): boolean {
  return runtime.endsWith(ALPINE);
}
