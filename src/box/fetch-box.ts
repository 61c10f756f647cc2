import { Client } from "./client.ts";
import type { AccountCallOptions } from "./options.ts";
import { pathSegment } from "./path-segment.ts";
import { readBoxData } from "./read-box-data.ts";
import type { BoxData } from "./wire.ts";

/** What the service says of a box, and the client to go on with. */
export async function fetchBox(
  idOrName: string,
  options: AccountCallOptions,
): Promise<{ client: Client; data: BoxData }> {
  const client = new Client(options);
  const { value } = await client.json("GET", `/${pathSegment(idOrName, "a box")}`, options);
  return { client, data: readBoxData(value, "GET") };
}
