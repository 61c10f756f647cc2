import { publicAddresses } from "../public-addresses.ts";
import type { Repository } from "./repository-url.ts";

/**
 * Finds the addresses of a repository's host, so that git can be held to them.
 * @returns a value for `http.curloptResolve`, or null for a trusted host
 * @throws EngineError 400 for a host in a private network, 502 for one that cannot be found
 */
export async function requirePublicAddress(
  repository: Repository,
  allowedHosts: ReadonlySet<string>,
): Promise<string | null> {
  const url = new URL(repository.url);
  const addresses = await publicAddresses(url, allowedHosts);
  if (addresses === null) return null;
  const name = url.hostname.replace(/^\[|\]$/g, "");
  return `${name}:${url.port || "443"}:${addresses.map(({ address }) => address).join(",")}`;
}
