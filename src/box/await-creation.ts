import { BoxError } from "./box-error.ts";
import type { Client } from "./client.ts";
import { Deadline } from "./deadline.ts";
import { readBoxData } from "./read-box-data.ts";
import { wait } from "./wait.ts";
import type { BoxData } from "./wire.ts";

/** As in the original SDK. */
const POLL_INTERVAL_MS = 2000;
const CREATION_TIMEOUT_MS = 300_000;

/**
 * Waits until a box is created. One that was given up on is deleted, as nobody knows of it.
 *
 * @throws BoxError `box_failed`, `timeout`, `aborted`, or what asking for the box throws.
 */
export async function awaitCreation(
  client: Client,
  created: BoxData,
  signal: AbortSignal | undefined,
): Promise<BoxData> {
  const path = `/${encodeURIComponent(created.id)}`;
  const deadline = new Deadline(CREATION_TIMEOUT_MS, signal);
  let data = created;
  try {
    while (data.status === "creating") {
      await wait(POLL_INTERVAL_MS, deadline.signal);
      const { value } = await client.json("GET", path, { signal: deadline.signal });
      data = readBoxData(value, "GET");
    }
  } catch (error) {
    if (!deadline.fired) throw error;
    client.json("DELETE", path).catch(() => {});
    const cause = BoxError.isInstance(error) ? error.cause : error;
    throw deadline.toError(cause, `The creation of box ${created.id}`);
  } finally {
    deadline.clear();
  }
  if (data.status !== "error" && data.status !== "deleted") return data;
  throw new BoxError(
    "box_failed",
    `Box ${data.id} could not be created (status ${data.status}). Look at its log for the reason.`,
  );
}
