import { EngineError } from "../../engine-error.ts";

/**
 * What no box reaches unless the operator opens it: private networks, carrier-grade NAT, link-local
 * addresses (among them the metadata services of clouds), protocol assignments, test
 * networks of operators, multicast and broadcast. Boxes have no IPv6 of their own, so there is none to close.
 */
const CLOSED = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "224.0.0.0/4",
  "240.0.0.0/4",
];

/** IPv4 addresses that share their first `length` bits; `address` has zeros below them. */
interface Network {
  address: number;
  length: number;
}

/**
 * The networks to close in a box, each as a CIDR.
 * @param ownAddresses the host's own, which are closed too: its services trust whoever is on it
 * @param allowed CIDRs that the operator opens; they are left out, wherever they lie
 */
export function closedNetworks(
  ownAddresses: readonly string[],
  allowed: readonly string[],
): string[] {
  let closed = [...CLOSED, ...ownAddresses].map(parseNetwork);
  for (const open of allowed.map(parseNetwork)) {
    closed = closed.flatMap((network) => without(network, open));
  }
  return [...new Set(closed.map(format))];
}

/**
 * Reads `192.168.1.0/24` or a single address.
 * @throws EngineError 400 for anything else, and for the host's loopback, which nothing opens
 */
export function parseNetwork(text: string): Network {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/.exec(text);
  const bytes = (match?.slice(1, 5) ?? []).map(Number);
  const length = Number(match?.[5] ?? 32);
  if (match === null || length > 32 || bytes.some((byte) => byte > 255)) {
    refuse(`"${text}" is no IPv4 network; write it as 192.168.1.0/24.`);
  }
  const address = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  const network = { address: address - (address % size(length)), length };
  if (network.address !== address) {
    refuse(`"${text}" has bits below its length; write it as ${format(network)}.`);
  }
  if (contains(network, LOOPBACK) || contains(LOOPBACK, network)) {
    refuse(
      `"${text}" holds loopback addresses, and a box has a loopback of its own; leave it out.`,
    );
  }
  return network;
}

const LOOPBACK: Network = { address: 127 * 2 ** 24, length: 8 };

/** A network without a part of it: the halves that the part does not lie in, down to its size. */
function without(network: Network, part: Network): Network[] {
  if (contains(part, network)) return [];
  if (!contains(network, part)) return [network];
  const length = network.length + 1;
  const halves = [network.address, network.address + size(length)];
  return halves.flatMap((address) => without({ address, length }, part));
}

function contains(outer: Network, inner: Network): boolean {
  const { address, length } = outer;
  return (
    inner.length >= length && inner.address >= address && inner.address < address + size(length)
  );
}

/** How many addresses there are; not by shifts, which end at 31 bits. */
function size(length: number): number {
  return 2 ** (32 - length);
}

function format({ address, length }: Network): string {
  const bytes = [24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256);
  return `${bytes.join(".")}/${length}`;
}

function refuse(reason: string): never {
  throw new EngineError(400, "invalid_network", reason);
}
