import { randomUUID } from "node:crypto";

/** What may be written into a header and a log as it is. */
const WELL_FORMED = /^[\w=-]{1,255}$/;

/** The id that a client gave its request, when it is well-formed; else a new one. */
export function requestIdOf(offered: string | undefined): string {
  return offered !== undefined && WELL_FORMED.test(offered) ? offered : randomUUID();
}
