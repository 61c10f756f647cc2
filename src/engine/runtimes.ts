import { EngineError } from "./engine-error.ts";

/** What a runtime means: programs that must be on a box's PATH, and Debian's packages that have them. */
const RUNTIMES: Readonly<Record<string, RuntimeTools>> = {
  node: { programs: ["node"], packages: ["nodejs", "npm"] },
  python: { programs: ["python3"], packages: ["python3"] },
  golang: { programs: ["go"], packages: ["golang"] },
  ruby: { programs: ["ruby"], packages: ["ruby"] },
  rust: { programs: ["rustc", "cargo"], packages: ["rustc", "cargo"] },
};
const ALPINE = "-alpine";

/** The tools of a language. */
export interface RuntimeTools {
  programs: readonly string[];
  /** Of Debian, and Ubuntu has them too. */
  packages: readonly string[];
}

/**
 * The language that a `runtime` stands for: `python` for `python` and `python-alpine`.
 * @throws EngineError 400 when there is no such runtime
 */
export function runtimeName(runtime: string): string {
  const name = isAlpine(runtime) ? runtime.slice(0, -ALPINE.length) : runtime;
  if (Object.hasOwn(RUNTIMES, name)) return name;
  throw new EngineError(
    400,
    "invalid_request",
    `runtime: ${JSON.stringify(runtime)} is unknown; use one of ${Object.keys(RUNTIMES).join(", ")}.`,
  );
}

/** The tools of a runtime that `runtimeName` gave. */
export function runtimeTools(name: string): RuntimeTools {
  return RUNTIMES[name] ?? { programs: [], packages: [] };
}

/** Whether an Alpine box is asked for. */
export function isAlpine(runtime: string): boolean {
  return runtime.endsWith(ALPINE);
}
