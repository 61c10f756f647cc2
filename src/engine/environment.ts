import type { EngineBox } from "./engine-box.ts";
import { EngineError } from "./engine-error.ts";
import { BOX_USER } from "./paths.ts";

/** Where a command in a box is looked for, in this order. */
export const BOX_PATH = [
  `${BOX_USER.home}/.local/bin`,
  "/opt/node/bin",
  "/run/box/bin",
  "/usr/local/sbin",
  "/usr/local/bin",
  // Where Go's own packages put it.
  "/usr/local/go/bin",
  "/usr/sbin",
  "/usr/bin",
  "/sbin",
  "/bin",
] as const;

/** They decide which code every program in the box loads; the service does not let them be set. */
const NOT_SETTABLE = ["PATH", "HOME", "LD_PRELOAD", "LD_LIBRARY_PATH", "NODE_OPTIONS"];

/** The whole environment of a command in a box. Nothing of the engine's own is in it. */
export function commandEnvironment(
  box: Pick<EngineBox, "record" | "accountEnvironment">,
): Record<string, string> {
  return {
    LANG: "C.UTF-8",
    ...box.accountEnvironment,
    ...box.record.env_vars,
    HOME: BOX_USER.home,
    LOGNAME: BOX_USER.name,
    PATH: BOX_PATH.join(":"),
    SHELL: "/bin/bash",
    USER: BOX_USER.name,
  };
}

/** Whether a command may be given this variable. */
export function isSettable(name: string, value: string): boolean {
  return !NOT_SETTABLE.includes(name) && /^[^=\0]+$/.test(name) && !value.includes("\0");
}

/**
 * Refuses variables that a box must not set.
 * @throws EngineError 400 naming the variable
 */
export function requireSettable(variables: Record<string, string>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (NOT_SETTABLE.includes(name)) {
      throw new EngineError(
        400,
        "invalid_request",
        `env_vars: ${name} cannot be set; use another name.`,
      );
    }
    if (!isSettable(name, value)) {
      throw new EngineError(
        400,
        "invalid_request",
        `env_vars: ${JSON.stringify(name)} is not a variable that a program can be given; remove NUL and "=".`,
      );
    }
  }
}
