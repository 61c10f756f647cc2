import { BoxError } from "./box-error.ts";
import { wait } from "./wait.ts";

const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 30_000;

/** The service, or what stands before it, is busy or not there at the moment. */
const TRANSIENT_STATUSES = [429, 502, 503, 504];
/** The request has not left: nobody can have begun with it. */
const NOT_SENT = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"];

/**
 * Tries again, after 1, 2, 4 … 30 s, what has failed before it began. What may have begun is never
 * repeated: an agent that runs twice does the work twice.
 */
export async function withRetries<Value>(
  attempt: () => Promise<Value>,
  maxRetries: number,
  signal: AbortSignal,
): Promise<Value> {
  for (let retries = 0; ; retries++) {
    try {
      return await attempt();
    } catch (error) {
      if (retries >= maxRetries || !isTransient(error)) throw error;
      const delay = Math.min(FIRST_DELAY_MS * 2 ** retries, LONGEST_DELAY_MS);
      await wait(delay, signal).catch(() => {
        throw error;
      });
    }
  }
}

function isTransient(error: unknown): boolean {
  if (!BoxError.isInstance(error)) return false;
  if (error.statusCode !== undefined) return TRANSIENT_STATUSES.includes(error.statusCode);
  return error.code === "network" && NOT_SENT.includes(socketCode(error.cause) ?? "");
}

/** Of the innermost error: fetch wraps the socket's. */
function socketCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { code?: unknown };
  return socketCode(error.cause) ?? (typeof code === "string" ? code : undefined);
}
