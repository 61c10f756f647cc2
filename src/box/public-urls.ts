import type { BoxContext } from "./box-context.ts";
import type { CallOptions } from "./options.ts";
import { readList } from "./read-list.ts";
import { readRecord } from "./read-record.ts";
import type { Preview } from "./wire.ts";

/** An address under which a port of a box can be reached from outside, and its credentials. */
export type PublicURL = Preview;

/** What `box.getPublicURL` takes. With both kinds of credentials, either opens. */
export interface PublicURLOptions extends CallOptions {
  /** The address wants `Authorization: Bearer <token>`. @default false */
  bearerToken?: boolean | undefined;
  /** The address wants a user name and a password. @default false */
  basicAuth?: boolean | undefined;
}

/** Makes the address of a port; asking again replaces its credentials. */
export async function getPublicURL(
  box: BoxContext,
  port: number,
  options: PublicURLOptions,
): Promise<PublicURL> {
  const { bearerToken, basicAuth, signal, requestTimeout } = options;
  const body = {
    port,
    bearer_token: bearerToken || undefined,
    basic_auth: basicAuth || undefined,
  };
  const request = { body, signal, requestTimeout };
  const { value } = await box.client.json("POST", `${box.path}/preview`, request);
  return readRecord<PublicURL>(value, "url");
}

/** The addresses of a box, without their credentials. */
export async function listPublicURLs(box: BoxContext, options: CallOptions): Promise<PublicURL[]> {
  const { value } = await box.client.json("GET", `${box.path}/preview`, options);
  return readList(value, "previews");
}

/** Takes the address of a port back. */
export async function deletePublicURL(
  box: BoxContext,
  port: number,
  options: CallOptions,
): Promise<void> {
  await box.client.json("DELETE", `${box.path}/preview/${Number(port)}`, options);
}
