import { BoxError } from "./box-error.ts";

/** What the kernel's `struct winsize` holds. */
const MAX_TERMINAL_SIZE = 0xffff;

/** @throws BoxError `invalid_argument` for a size that no terminal has; one that is not said is left to the service */
export function requireTerminalSize(size: {
  rows?: number | undefined;
  cols?: number | undefined;
}): void {
  for (const [name, value] of Object.entries(size)) {
    if (value === undefined) continue;
    if (Number.isInteger(value) && value > 0 && value <= MAX_TERMINAL_SIZE) continue;
    throw new BoxError(
      "invalid_argument",
      `Expected ${name} to be a whole number from 1 to ${MAX_TERMINAL_SIZE}, got ${value}.`,
    );
  }
}
