import { BoxError } from "./box-error.ts";

/**
 * A name as one part of a request's path. What would lead elsewhere is refused: of `schedules/..` a URL
 * makes the box itself, which a DELETE would then delete.
 *
 * @param what What the name is of, for the message, such as `a schedule`.
 * @throws BoxError `invalid_argument`
 */
export function pathSegment(name: string, what: string): string {
  // Half of a surrogate pair has no UTF-8, and encodeURIComponent throws an error of its own.
  const usable = typeof name === "string" && !/^\.{0,2}$/.test(name) && !/\p{Cs}/u.test(name);
  if (usable) return encodeURIComponent(name);
  throw new BoxError(
    "invalid_argument",
    `Expected the id or name of ${what}, got ${JSON.stringify(name)}. Pass one that a list shows.`,
  );
}
