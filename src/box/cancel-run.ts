import { BoxError } from "./box-error.ts";
import type { Client } from "./client.ts";
import type { CallOptions } from "./options.ts";

/** A cancellation is a word to the service; one that takes longer will not come at all. */
const CANCEL_TIMEOUT_MS = 10_000;

/**
 * Asks the service to stop a run. One that it does not know or that is over counts as stopped: exec
 * runs of the original have ids that only the client knows.
 */
export async function cancelRun(
  client: Client,
  boxId: string,
  runId: string,
  { signal, requestTimeout = CANCEL_TIMEOUT_MS }: CallOptions,
): Promise<void> {
  const path = `/${encodeURIComponent(boxId)}/runs/${encodeURIComponent(runId)}/cancel`;
  try {
    await client.json("POST", path, { signal, requestTimeout });
  } catch (error) {
    const { code } = error as BoxError;
    if (BoxError.isInstance(error) && (code === "not_found" || code === "conflict")) return;
    throw error;
  }
}
