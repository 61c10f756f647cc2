import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import type { EngineBox } from "../../src/engine/engine-box.ts";
import { execute } from "../../src/engine/exec.ts";
import { descendants } from "../support/descendants.ts";
import { killBox } from "../support/kill-box.ts";
import { type TestBoxes, testBoxes } from "../support/test-boxes.ts";

const shell = (box: EngineBox, command: string) => execute(box, { argv: ["sh", "-c", command] });
const folders = (host: TestBoxes) => readdirSync(join(host.data, "boxes"));

/** The id that the next box will have. */
async function spareOf(host: TestBoxes): Promise<string> {
  return vi.waitFor(() => {
    const known = new Set(host.boxes.list().map(({ id }) => id));
    const [spare] = folders(host).filter((id) => !known.has(id));
    if (spare === undefined) throw new Error("There is no spare yet.");
    return spare;
  });
}

describe("a sandbox that is started before anybody asks for it", () => {
  it("is no box until it is taken, and then the next box", async () => {
    await using host = await testBoxes({ spareSandbox: true });
    const spare = await spareOf(host);
    expect(host.boxes.list()).toEqual([]);
    expect(() => host.boxes.get(spare)).toThrow(/There is no box/);

    const box = await host.boxes.create({ env_vars: { WHO: "first" } });
    expect(box.id).toBe(spare);
    expect(await shell(box, "echo $WHO; ls -A; git config user.name")).toMatchObject({
      output: "first\nUpstash Box\n",
    });
    expect(existsSync(join(box.folder, "box.json"))).toBe(true);
    expect(await spareOf(host)).not.toBe(spare);
  });

  it("reaches what its box may reach, and not what the spare could", async () => {
    await using host = await testBoxes({ spareSandbox: true });
    const spare = await spareOf(host);
    const box = await host.boxes.create({ network_policy: { mode: "deny-all" } });
    expect(box.id).toBe(spare);
    const devices = await shell(box, "cut -d: -f1 -s /proc/net/dev | tr -d ' '");
    expect(devices.output).toBe("lo\n");
  });

  it("goes to one of many boxes that are made at once, and no two share a user", async () => {
    await using host = await testBoxes({ spareSandbox: true });
    const spare = await spareOf(host);
    const boxes = await Promise.all(Array.from({ length: 4 }, () => host.boxes.create({})));
    expect(boxes.filter(({ id }) => id === spare)).toHaveLength(1);
    await spareOf(host);
    const later = await host.boxes.create({});
    const slots = [...boxes, later].map(({ record }) => record.slot);
    expect(new Set(slots).size).toBe(5);
  });

  it("ends when the create that took it is refused, and another one is made for the next", async () => {
    await using host = await testBoxes({ spareSandbox: true });
    await host.boxes.create({ name: "taken" });
    const spare = await spareOf(host);
    await expect(host.boxes.create({ name: "taken" })).rejects.toMatchObject({ status: 409 });
    expect(folders(host)).not.toContain(spare);
    const box = await host.boxes.create({});
    expect(await shell(box, "echo there")).toMatchObject({ output: "there\n" });
  });

  it("is forgotten when it dies", async () => {
    await using host = await testBoxes({ spareSandbox: true });
    const spare = await spareOf(host);
    await vi.waitFor(async () => {
      await killBox(spare);
      expect(folders(host)).not.toContain(spare);
    });
    const box = await host.boxes.create({});
    expect(box.id).not.toBe(spare);
    expect(await shell(box, "echo there")).toMatchObject({ output: "there\n" });
  });

  it("leaves neither a process nor a folder when the engine stops", async () => {
    const before = await descendants(process.pid);
    {
      await using host = await testBoxes({ spareSandbox: true });
      await spareOf(host);
      await host.boxes.close();
      expect(folders(host)).toEqual([]);
    }
    expect(await descendants(process.pid)).toEqual(before);
  });
});
