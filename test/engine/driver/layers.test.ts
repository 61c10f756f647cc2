import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
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

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let driver: Driver;
let count = 0;
beforeAll(async () => {
  folder = await temporaryFolder();
  await mkdir(join(folder.path, "layers"), { mode: 0o700 });
  driver = await newDriver();
});
afterAll(() => folder[Symbol.asyncDispose]());

describe("a box above layers", () => {
  it("sees what was below it, and what it changes is its own", async () => {
    const source = newSpec();
    await inBox(
      source,
      "echo one >kept; echo two >changed; echo three >removed; mkdir -p moved/in",
    );
    const layer = await detached(source);
    const [left, right] = [newSpec([layer]), newSpec([layer])];
    await inBox(
      left,
      "echo more >>changed; rm removed; mv moved elsewhere; mkdir moved; touch moved/new",
    );
    expect(await inBox(left, "cat kept changed; find . | sort")).toBe(
      "one\ntwo\nmore\n.\n./changed\n./elsewhere\n./elsewhere/in\n./kept\n./moved\n./moved/new\n",
    );
    const untouched = "one\ntwo\nthree\n.\n./changed\n./kept\n./moved\n./moved/in\n./removed\n";
    for (const spec of [right, newSpec([layer])]) {
      expect(await inBox(spec, "cat kept changed removed; find . | sort")).toBe(untouched);
    }
  });

  it("keeps its changes when it stops, and makes the next layer of them", async () => {
    const first = newSpec();
    await inBox(first, "echo one >file; echo gone >gone");
    const lower = await detached(first);
    const second = newSpec([lower]);
    await inBox(second, "echo two >>file; rm gone");
    await inBox(second, "echo three >>file");
    const upper = await detached(second);
    for (const spec of [newSpec([upper, lower]), { ...second, layers: [upper, lower] }]) {
      expect(await inBox(spec, "cat file; ls")).toBe("one\ntwo\nthree\nfile\n");
    }
    expect(await inBox(newSpec([lower]), "cat file; ls")).toBe("one\nfile\ngone\n");
  });

  it("has changed something only when it has", async () => {
    const source = newSpec();
    await inBox(source, "echo one >file");
    expect(await driver.isUnchanged(source)).toBe(false);
    const layer = await detached(source);
    const spec = newSpec([layer]);
    expect(await driver.isUnchanged(spec)).toBe(true);
    await inBox(spec, "cat file");
    expect(await driver.isUnchanged(spec)).toBe(true);
    await inBox(spec, "chmod 600 file");
    expect(await driver.isUnchanged(spec)).toBe(false);
  });

  it("may have as many as fifty, and sees the same when they are merged", async () => {
    const spec = newSpec();
    for (let at = 0; at < 50; at++) {
      await inBox({ ...spec, layers: [] }, `echo ${at} >layer-${at}`);
      spec.layers = [await detached(spec), ...spec.layers];
    }
    // Only the topmost removes something of the one below it.
    await inBox(spec, "rm layer-48; mv layer-0 first");
    spec.layers = [await detached(spec), ...spec.layers];
    const seen = await inBox(spec, "ls; cat *");
    expect(seen.split("\n")).toHaveLength(49 * 2 + 1);
    const merged = newLayer();
    await driver.mergeLayers(spec.layers, merged);
    const whole = newSpec([merged]);
    expect(await inBox(whole, "ls; cat *")).toBe(seen);
    expect(await inBox(whole, "stat -c %a:%U /tmp . ~")).toBe(
      "1777:boxuser\n700:boxuser\n700:boxuser\n",
    );
  }, 60_000);

  it("is copied with what it has removed while its processes stand still", async () => {
    const source = newSpec();
    await inBox(source, "mkdir dir; echo old >dir/old; echo gone >gone");
    const lower = await detached(source);
    const spec = newSpec([lower]);
    const copy = newLayer();
    const sandbox = await driver.start(spec);
    try {
      await run(sandbox, "rm -r dir; mkdir dir; rm gone; touch a b");
      // Two files of equally many lines, but for one, whenever the writer is stopped.
      const writer = await sandbox.connection.start({
        argv: ["sh", "-c", "while :; do echo >>a; echo >>b; echo; done"],
        cwd: "/workspace/home",
        env: ENV,
      });
      writer.stdout?.resume();
      await expect.poll(() => lines(sandbox)).toBeGreaterThan(1_000);
      await driver.copyLayer(spec, sandbox, copy);
      const atCopy = await lines(sandbox);
      // It goes on.
      await expect.poll(() => lines(sandbox)).toBeGreaterThan(atCopy);
      writer.signal("SIGKILL", "tree");
    } finally {
      await sandbox.stop();
    }
    const seen = await inBox(newSpec([copy, lower]), "ls -A . dir; wc -l <a; wc -l <b");
    const [a = 0, b = 0] = seen.split("\n").slice(-3).map(Number);
    expect(seen).toBe(`.:\na\nb\ndir\n\ndir:\n${a}\n${b}\n`);
    expect([0, 1]).toContain(a - b);
  });

  it("leaves no mount and no folder behind", async () => {
    const source = newSpec();
    await inBox(source, "echo one >file");
    const layer = await detached(source);
    const spec = newSpec([layer]);
    await inBox(spec, "rm file; mkdir -p closed/in; chmod 000 closed");
    expect(await readFile("/proc/self/mountinfo", "utf8")).not.toContain(folder.path);
    await driver.destroy(spec);
    await driver.destroyLayer(layer);
    expect([existsSync(spec.folder), existsSync(layer)]).toEqual([false, false]);
    expect(await readdir(join(folder.path, "shared"))).not.toContain("overlay-check");
  });
});

describe("where overlayfs cannot be used", () => {
  it("a box starts with a copy of its layer, and the next layer has everything", async () => {
    const source = newSpec();
    await inBox(source, "echo one >file; mkdir closed; touch gone; chmod 000 closed");
    const layer = await detached(source);
    const spec = newSpec([layer]);
    const copying = await newDriver();
    await withoutOverlays(async () => {
      expect(await copying.standsAlone(spec)).toBe(false);
      await inBox(spec, "echo two >>file; rm gone", copying);
      expect(await copying.standsAlone(spec)).toBe(true);
      expect(await copying.isUnchanged(spec)).toBe(false);
      expect(await inBox(newSpec([layer]), "cat file", copying)).toBe("one\n");
    });
    const next = await detached(spec);
    // Also where overlayfs is there again.
    expect(await inBox(newSpec([next]), "cat file; ls")).toBe("one\ntwo\nclosed\nfile\n");
    const copy = newSpec([next]);
    await withoutOverlays(async () => {
      expect(await inBox(copy, "cat file; ls", await newDriver())).toBe("one\ntwo\nclosed\nfile\n");
    });
  });

  it("a box that needs them is refused with the remedy", async () => {
    const source = newSpec();
    await inBox(source, "echo one >file");
    const layer = await detached(source);
    const changed = newSpec([layer]);
    await inBox(changed, "echo two >file");
    const copying = await newDriver();
    for (const spec of [newSpec([layer, layer]), changed]) {
      await withoutOverlays(async () => {
        await expect(copying.start(spec)).rejects.toMatchObject({
          status: 503,
          code: "overlay_unavailable",
          message: expect.stringMatching(/no overlays here.*ext4, xfs or btrfs/),
        });
      });
    }
  });
});

const ENV = { PATH: "/usr/bin:/bin", HOME: "/home/boxuser" };

async function newDriver(): Promise<Driver> {
  return bubblewrapDriver({ data: folder.path, boxdProgram: await boxdProgram() });
}

function newSpec(layers: readonly string[] = []): SandboxSpec {
  const id = `box-${++count}`;
  return { ...emptySpec(id, join(folder.path, "boxes", id)), slot: 1, layers };
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
async function inBox(spec: SandboxSpec, script: string, by: Driver = driver): Promise<string> {
  const sandbox = await by.start(spec);
  try {
    return await run(sandbox, script);
  } finally {
    await sandbox.stop();
  }
}

async function run({ connection }: Sandbox, script: string): Promise<string> {
  const argv = ["sh", "-ec", script];
  const result = await connection.run({ argv, cwd: "/workspace/home", env: ENV });
  expect(result.stderr.toString()).toBe("");
  return result.stdout.toString();
}

async function lines(sandbox: Sandbox): Promise<number> {
  return Number(await run(sandbox, "wc -l <a"));
}

/** A `mount` that refuses stands for a kernel that does. */
async function withoutOverlays(work: () => Promise<void>): Promise<void> {
  const path = process.env.PATH;
  const fake = join(folder.path, "fake");
  await mkdir(fake, { recursive: true });
  await writeFile(join(fake, "mount"), "#!/bin/sh\necho no overlays here >&2; exit 32\n");
  await chmod(join(fake, "mount"), 0o755);
  process.env.PATH = `${fake}:${path}`;
  try {
    await work();
  } finally {
    process.env.PATH = path;
  }
}
