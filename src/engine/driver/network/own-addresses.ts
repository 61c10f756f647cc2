import { readFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";

/**
 * Every IPv4 address that the host takes for its own, loopback excepted, as CIDRs. From the kernel's
 * table, since `os.networkInterfaces()` leaves out devices without a carrier, whose addresses answer
 * all the same.
 */
export async function ownAddresses(): Promise<string[]> {
  const table = await readFile("/proc/net/fib_trie", "utf8").catch(() => null);
  const found = table === null ? listed() : fromTable(table);
  return [...new Set(found)].filter((network) => !network.startsWith("127."));
}

/** A leaf is `|-- 192.0.2.2` and a line for each route below it, such as `/32 host LOCAL`. */
function fromTable(table: string): string[] {
  const leaves = table.matchAll(/\|-- ([\d.]+)\n((?:\s+\/\d+ .*\n?)+)/g);
  return [...leaves].flatMap(([, address, routes = ""]) =>
    [...routes.matchAll(/\/(\d+) host LOCAL/g)].map(([, length]) => `${address}/${length}`),
  );
}

function listed(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family }) => family === "IPv4")
    .map(({ address }) => `${address}/32`);
}
