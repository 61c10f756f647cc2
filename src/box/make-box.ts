import { awaitCreation } from "./await-creation.ts";
import { Client } from "./client.ts";
import type { AccountCallOptions } from "./options.ts";
import { readBoxData } from "./read-box-data.ts";
import type { BoxData, FromSnapshotRequest } from "./wire.ts";

/** The fields of a creation; those without a value are not sent. */
export type CreateBody = {
  [Field in keyof FromSnapshotRequest]?: FromSnapshotRequest[Field] | undefined;
};

/**
 * Makes a box and waits until it can be used.
 *
 * @param path "" for a new one, `/from-snapshot` for one of a snapshot.
 * @throws BoxError `box_failed` when it does not come up, `timeout` after 300 s.
 */
export async function makeBox(
  path: string,
  body: CreateBody,
  options: AccountCallOptions,
): Promise<{ client: Client; data: BoxData }> {
  const { signal, requestTimeout } = options;
  const client = new Client(options);
  const { value } = await client.json("POST", path, { body, signal, requestTimeout });
  return { client, data: await awaitCreation(client, readBoxData(value, "POST"), signal) };
}
