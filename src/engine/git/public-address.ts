import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import { EngineError } from "../engine-error.ts";
import type { Repository } from "./repository-url.ts";

/** Addresses that lead into the operator's own network (RFC 6890 and its registry). */
const PRIVATE = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
] as const) {
  PRIVATE.addSubnet(network, prefix, "ipv4");
}
for (const [network, prefix] of [
  ["::", 127],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  // 6to4 holds an IPv4 address, which may be a private one.
  ["2002::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
] as const) {
  PRIVATE.addSubnet(network, prefix, "ipv6");
}

/**
 * Finds the addresses of a repository's host, so that git can be held to them (a name that is looked
 * up twice may lead elsewhere the second time). Hosts that the operator named are trusted as they are.
 * @returns a value for `http.curloptResolve`, or null for a trusted host
 * @throws EngineError 400 for a host in a private network, 502 for one that cannot be found
 */
export async function requirePublicAddress(
  repository: Repository,
  allowedHosts: ReadonlySet<string>,
): Promise<string | null> {
  if (allowedHosts.has(repository.host)) return null;
  const { hostname, port } = new URL(repository.url);
  const name = hostname.replace(/^\[|\]$/g, "");
  const addresses = await lookup(name, { all: true }).catch((cause) => {
    throw new EngineError(
      502,
      "host_not_found",
      `${name} cannot be found (${cause.code}); check the repository's URL and this host's network.`,
      { cause },
    );
  });
  for (const { address } of addresses) {
    if (isPrivateAddress(address)) {
      throw new EngineError(
        400,
        "private_address",
        `${name} leads into a private network (${address}); the operator can allow it with --allow-git-host ${repository.host}.`,
      );
    }
  }
  return `${name}:${port || "443"}:${addresses.map(({ address }) => address).join(",")}`;
}

/** Whether an address is not of the public internet; IPv4 within IPv6 counts as IPv4. */
export function isPrivateAddress(address: string): boolean {
  return PRIVATE.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}
