import type { LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";

/** A `lookup` for node:http that knows only addresses which were checked before. */
export function pinnedLookup(addresses: readonly LookupAddress[]): LookupFunction {
  return (hostname, options, callback) => {
    if (options.all) return callback(null, [...addresses]);
    const [first] = addresses;
    if (first !== undefined) return callback(null, first.address, first.family);
    callback(Object.assign(new Error(`${hostname} has no address`), { code: "ENOTFOUND" }), "", 0);
  };
}
