import { existsSync } from "node:fs";
import { mkdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { boxdProgram } from "../../../src/engine/boxd-program.ts";
import { bubblewrapDriver } from "../../../src/engine/driver/bubblewrap/bubblewrap-driver.ts";
import {
  type Driver,
  emptySpec,
  type Sandbox,
  type SandboxSpec,
} from "../../../src/engine/driver/driver.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { BASE_LIMIT_MS, useBase } from "../../support/test-base.ts";

const ENV = { PATH: "/usr/bin:/bin", HOME: "/home/boxuser" };

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let driver: Driver;
let base: string;
let count = 0;
beforeAll(async () => {
  folder = await temporaryFolder();
  base = await useBase(folder.path);
  await mkdir(join(folder.path, "layers"), { mode: 0o700 });
  driver = await bubblewrapDriver({ data: folder.path, boxdProgram: await boxdProgram() });
}, BASE_LIMIT_MS);
afterAll(() => folder[Symbol.asyncDispose]());

describe("a box on a base", () => {
  it("makes layers of what it has changed anywhere, and boxes above them see it", async () => {
    const source = newSpec();
    expect(driver.base).toBe(base);
    await inBox(
      source,
      "sudo sh -c 'echo one >/etc/one; rm /usr/bin/curl; mv /usr/share/perl5 /srv'",
    );
    expect(await driver.isUnchanged(source)).toBe(false);
    expect(await driver.standsAlone(source)).toBe(true);
    const first = await detached(source);
    const above = { ...source, layers: [first] };
    expect(await driver.isUnchanged(above)).toBe(true);
    expect(await driver.standsAlone(above)).toBe(false);
    await inBox(
      above,
      "cat /etc/one >kept; sudo sh -c 'echo two >>/etc/one; echo me >/root/closed; chmod 600 /root/closed'",
    );
    const second = await detached(above);

    const layers = [second, first];
    const seen = "one\ntwo\none\nme\n755 root\n700 root\n755 boxuser\n";
    const look =
      "cat /etc/one kept; sudo cat /root/closed; stat -c '%a %U' / /root ~; ! command -v curl; test -d /srv/perl5 -a ! -e /usr/share/perl5; sudo true";
    expect(await inBox(newSpec(layers), look)).toBe(seen);
    const merged = newLayer();
    await driver.mergeLayers(layers, merged);
    expect(await inBox(newSpec([merged]), look)).toBe(seen);
    // Also with changes above it, and when it is a layer among others.
    const upper = newSpec([merged]);
    await inBox(upper, "sudo sh -c 'echo three >>/etc/one; rm /usr/bin/git'");
    const top = await detached(upper);
    expect(await inBox(newSpec([top, merged]), "cat /etc/one; ! command -v git")).toBe(
      "one\ntwo\nthree\n",
    );
    for (const layer of [top, merged, second, first]) {
      await driver.destroyLayer(layer);
      expect(existsSync(layer)).toBe(false);
    }
  });

  it("is copied while its processes stand still, root's among them", async () => {
    const spec = newSpec();
    const sandbox = await driver.start(spec);
    const copy = newLayer();
    try {
      await run(sandbox, "sudo touch /srv/a /srv/b");
      const writer = await sandbox.connection.start({
        argv: ["sudo", "sh", "-c", "while :; do echo >>/srv/a; echo >>/srv/b; echo; done"],
        env: ENV,
      });
      writer.stdout?.resume();
      await expect.poll(() => lines(sandbox)).toBeGreaterThan(1_000);
      await driver.copyLayer(spec, sandbox, copy);
      const atCopy = await lines(sandbox);
      await expect.poll(() => lines(sandbox)).toBeGreaterThan(atCopy);
    } finally {
      await sandbox.stop();
    }
    const seen = await inBox(newSpec([copy]), "wc -l </srv/a; wc -l </srv/b; sudo true");
    const [a = 0, b = 0] = seen.split("\n").map(Number);
    expect(a).toBeGreaterThan(1_000);
    expect([0, 1]).toContain(a - b);
  });

  it("has its setuid programs where no other user of the host may pass", async () => {
    const spec = newSpec();
    await inBox(spec, "sudo cp --preserve=mode /usr/bin/sudo /srv/sudo");
    const disk = join(spec.folder, "disk");
    expect((await stat(join(disk, "root", "srv", "sudo"))).mode & 0o7777).toBe(0o4755);
    for (const closed of [disk, join(folder.path, "bases")]) {
      const { mode, uid } = await stat(closed);
      expect([mode & 0o777, uid]).toEqual([0o700, process.getuid?.()]);
    }
  });

  it("leaves no mount, no process and no folder behind", async () => {
    const spec = newSpec();
    await inBox(
      spec,
      "sudo sh -c 'mkdir -p /srv/closed/in; chmod 000 /srv/closed' && (sudo sleep 1000 &)",
    );
    expect(await readFile("/proc/self/mountinfo", "utf8")).not.toContain(folder.path);
    await driver.destroy(spec);
    expect(existsSync(spec.folder)).toBe(false);
  });

  it("is not started when its base is gone, and says so", async () => {
    await expect(driver.start({ ...newSpec(), base: "bookworm-0" })).rejects.toMatchObject({
      status: 503,
      code: "base_missing",
      message: expect.stringContaining("put it back, or delete the box"),
    });
  });

  it("is what the driver checks", async () => {
    expect(await driver.check()).toEqual([]);
  });
});

function newSpec(layers: readonly string[] = []): SandboxSpec {
  const id = `box-${++count}`;
  return { ...emptySpec(id, join(folder.path, "boxes", id)), slot: 1, layers, base };
}

function newLayer(): string {
  return join(folder.path, "layers", `layer-${++count}`);
}

async function detached(spec: SandboxSpec): Promise<string> {
  const layer = newLayer();
  await driver.detachLayer(spec, layer);
  return layer;
}

/** Starts a box for one script. */
async function inBox(spec: SandboxSpec, script: string): Promise<string> {
  const sandbox = await driver.start(spec);
  try {
    return await run(sandbox, script);
  } finally {
    await sandbox.stop();
  }
}

async function run({ connection }: Sandbox, script: string): Promise<string> {
  const argv = ["bash", "-ec", script];
  const result = await connection.run({ argv, cwd: "/workspace/home", env: ENV });
  expect(result.stderr.toString()).toBe("");
  return result.stdout.toString();
}

async function lines(sandbox: Sandbox): Promise<number> {
  return Number(await run(sandbox, "wc -l </srv/a"));
}
