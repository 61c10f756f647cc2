import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import { EngineError } from "./engine-error.ts";
import { isPrivateAddress } from "./is-private-address.ts";

/**
 * Finds the addresses of a URL's host, so that whoever connects for a client can be held to them (a
 * name that is looked up twice may lead elsewhere the second time). The engine stands in the
 * operator's network, where clients have no business. Hosts that the operator named are trusted as
 * they are.
 * @param allowedHosts `host` or `host:port` each
 * @returns null for a trusted host
 * @throws EngineError 400 for a host in a private network, 502 for one that cannot be found
 */
export async function publicAddresses(
  url: URL,
  allowedHosts: ReadonlySet<string>,
): Promise<LookupAddress[] | null> {
  if (allowedHosts.has(url.host)) return null;
  const name = url.hostname.replace(/^\[|\]$/g, "");
  const addresses = await lookup(name, { all: true }).catch((cause) => {
    throw new EngineError(
      502,
      "host_not_found",
      `${name} cannot be found (${cause.code}); check the URL and this host's network.`,
      { cause },
    );
  });
  for (const { address } of addresses) {
    if (isPrivateAddress(address)) {
      throw new EngineError(
        400,
        "private_address",
        `${name} leads into a private network (${address}); the operator can allow it with --allow-host ${url.host}.`,
      );
    }
  }
  return addresses;
}
