import { constants } from "node:os";
import { BoxdError } from "./error.ts";

const LAST_SIGNAL = 64;

/** @throws BoxdError `ARGUMENT` for a name or number that Linux does not have. */
export function signalNumber(signal: NodeJS.Signals | number): number {
  const number = typeof signal === "number" ? signal : constants.signals[signal];
  if (Number.isInteger(number) && number >= 0 && number <= LAST_SIGNAL) return number;
  throw new BoxdError(
    "ARGUMENT",
    `Expected a signal's name or a number from 0 to 64, got ${signal}`,
  );
}

const names = new Map<number, NodeJS.Signals>();
// Aliases come later in the list (SIGIOT, SIGPOLL); the first name is the usual one.
for (const [name, number] of Object.entries(constants.signals)) {
  if (!names.has(number)) names.set(number, name as NodeJS.Signals);
}

/**
 * Real-time signals have no name in Node; they become `SIG34` and so on.
 *
 * @throws BoxdError `PROTOCOL` for a number that no process ends by.
 */
export function signalName(number: number): NodeJS.Signals {
  if (number < 1 || number > LAST_SIGNAL) {
    throw new BoxdError("PROTOCOL", `boxd sent signal ${number}`);
  }
  return names.get(number) ?? (`SIG${number}` as NodeJS.Signals);
}
