import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { seccompFilter } from "../../../src/engine/driver/bubblewrap/seccomp.ts";

const SOURCE = new URL("../../../src/engine/driver/bubblewrap/seccomp.ts", import.meta.url);
/** The kernel's own tables, which the C compiler's headers bring along. */
const X64 = "/usr/include/x86_64-linux-gnu/asm/unistd_64.h";
const GENERIC = "/usr/include/asm-generic/unistd.h";

describe("the system call filter", () => {
  it.skipIf(!existsSync(X64) || !existsSync(GENERIC))("has the kernel's numbers", () => {
    const x64 = numbers(X64);
    const arm64 = numbers(GENERIC);
    const rows = [...readFileSync(SOURCE, "utf8").matchAll(/\["(\w+)", (\d+|null), (\d+|null)\]/g)];
    expect(rows.length).toBeGreaterThan(40);
    for (const [, name = "", onX64, onArm64] of rows) {
      expect([name, onX64]).toEqual([name, String(x64.get(name) ?? null)]);
      expect([name, onArm64]).toEqual([name, String(arm64.get(name) ?? null)]);
    }
  });

  it("is whole instructions that jump nowhere outside of it", () => {
    for (const architecture of ["x64", "arm64"]) {
      const filter = seccompFilter(architecture);
      expect(filter.length % 8).toBe(0);
      const count = filter.length / 8;
      expect(count).toBeLessThan(4096);
      for (let at = 0; at < count; at++) {
        const code = filter.readUInt16LE(at * 8);
        const isJump = (code & 0x07) === 0x05;
        const furthest = Math.max(filter.readUInt8(at * 8 + 2), filter.readUInt8(at * 8 + 3));
        expect(isJump ? at + 1 + furthest : at).toBeLessThan(count);
      }
      expect(filter.readUInt16LE((count - 1) * 8)).toBe(0x06);
    }
  });

  it("is refused for an architecture that nobody checked", () => {
    expect(() => seccompFilter("mips")).toThrow(/x64 or arm64/);
  });
});

function numbers(path: string): Map<string, number> {
  const pattern = /#define __NR(?:3264)?_(\w+)\s+(\d+)/g;
  return new Map(
    [...readFileSync(path, "utf8").matchAll(pattern)].map(([, name = "", number]) => [
      name,
      Number(number),
    ]),
  );
}
