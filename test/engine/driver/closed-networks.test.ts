import { BlockList } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { closedNetworks } from "../../../src/engine/driver/network/closed-networks.ts";

describe("the networks that are closed to boxes", () => {
  it("are the private ones and the host's own addresses", () => {
    const closed = blockList(closedNetworks(["203.0.113.7/32"], []));
    for (const address of ["10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254"]) {
      expect(closed.check(address), address).toBe(true);
    }
    for (const address of ["100.64.0.1", "224.0.0.251", "255.255.255.255", "203.0.113.7"]) {
      expect(closed.check(address), address).toBe(true);
    }
    for (const address of ["1.1.1.1", "203.0.113.8", "172.32.0.1", "100.128.0.1", "127.0.0.1"]) {
      expect(closed.check(address), address).toBe(false);
    }
  });

  it("are all but what the operator opens, for every address", () => {
    const byte = fc.integer({ min: 0, max: 255 });
    const near = fc.tuple(
      fc.constantFrom(10, 11, 172, 192),
      fc.constantFrom(0, 16, 168),
      byte,
      byte,
    );
    fc.assert(
      fc.property(near, near, fc.integer({ min: 8, max: 32 }), (probed, base, length) => {
        const opened = masked(base, length);
        const probe = probed.join(".");
        const before = blockList(closedNetworks([], [])).check(probe);
        const after = blockList(closedNetworks([], [opened])).check(probe);
        expect(after).toBe(before && !blockList([opened]).check(probe));
      }),
    );
  });

  it("open the host's own address when the operator says so", () => {
    expect(closedNetworks(["203.0.113.7/32"], ["203.0.113.7"])).not.toContain("203.0.113.7/32");
  });

  it.each([
    ["fd00::/8", /no IPv4 network/],
    ["10.0.0.0/33", /no IPv4 network/],
    ["10.0.0.256", /no IPv4 network/],
    ["10.0.0.0/8; reboot", /no IPv4 network/],
    ["10.0.0.1/24", /write it as 10\.0\.0\.0\/24/],
    ["127.0.0.1", /loopback/],
    ["0.0.0.0/0", /loopback/],
  ])("cannot be opened by %s", (network, reason) => {
    expect(() => closedNetworks([], [network])).toThrow(reason);
  });
});

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", length] = network.split("/");
    list.addSubnet(address, Number(length), "ipv4");
  }
  return list;
}

function masked(bytes: readonly number[], length: number): string {
  const address = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  const network = address - (address % 2 ** (32 - length));
  const parts = [24, 16, 8, 0].map((bits) => Math.floor(network / 2 ** bits) % 256);
  return `${parts.join(".")}/${length}`;
}
