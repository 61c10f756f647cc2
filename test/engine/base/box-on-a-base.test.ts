import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Box } from "../../../src/box/index.ts";
import { runCli } from "../../support/run-cli.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { BASE_LIMIT_MS, useBase } from "../../support/test-base.ts";
import { testBoxes } from "../../support/test-boxes.ts";
import { type TestEngine, testEngine } from "../../support/test-engine.ts";

let host: TestEngine;
let box: Box;
beforeAll(async () => {
  host = await testEngine({}, { onBase: true });
  box = await host.box();
}, BASE_LIMIT_MS);
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  expect(host.errors).toEqual([]);
});

describe("a box of an engine that has a base", () => {
  it("installs a package by sudo apt-get install alone, and has it after a pause and in a snapshot", async () => {
    expect((await box.exec.command("hello")).exitCode).toBe(127);
    const run = await box.exec.command("sudo apt-get install hello");
    expect([run.exitCode, run.stderr]).toEqual([0, ""]);
    expect((await box.exec.command("hello")).result).toBe("Hello, world!");
    await box.pause();
    expect((await box.exec.command("hello; dpkg --get-selections hello")).result).toMatch(
      /^Hello, world!\nhello\s+install$/,
    );
    const snapshot = await box.snapshot({ name: "with-hello" });
    const restored = await Box.fromSnapshot(snapshot.id, host.connection);
    expect((await restored.exec.command("hello; sudo rm /usr/bin/hello")).result).toBe(
      "Hello, world!",
    );
    expect((await box.exec.command("hello")).result).toBe("Hello, world!");
    await restored.delete();
  });

  it("is a Debian of its own, whose user may become root and back", async () => {
    const run = await box.exec.command(
      "id -un; sudo id -un; sudo -u boxuser id -un; hostname; getent hosts box; pwd; echo ~; echo $LANG; cat /etc/debian_version",
    );
    expect(run.stderr).toBe("");
    expect(run.stdout).toMatch(
      /^boxuser\nroot\nboxuser\nbox\n127\.0\.0\.1 .*box\n\/workspace\/home\n\/home\/boxuser\nC\.UTF-8\n\d/,
    );
  });

  it("has the engine's Node with npm, for root too, and devices, terminals and shared memory", async () => {
    const run = await box.exec.command(
      `node -p 'process.version'; npm --version >/dev/null && sudo node -p '"root"'; head -c 4 /dev/urandom | wc -c; echo x >/dev/shm/x && cat /dev/fd/0 </dev/shm/x; script -qec tty /dev/null; ping -c1 -W5 127.0.0.1 | grep -c '1 received'`,
    );
    expect(run.stderr).toBe("");
    expect(run.stdout.replaceAll("\r", "")).toBe(`${process.version}\nroot\n4\nx\n/dev/pts/0\n1\n`);
  });

  it("has files of the API that belong to its user, and clones as any box does", async () => {
    await box.files.write({ path: "folder/file", content: "content" });
    const { stdout } = await box.exec.command(
      "stat -c %U:%G folder/file /workspace/home; git init -q r && git -C r status -s",
    );
    expect(stdout).toBe("boxuser:boxuser\nboxuser:boxuser\n");
    await box.exec.command("sudo sh -c 'echo secret >/root/closed'");
    await expect(box.files.read("/root/closed")).rejects.toThrow(/Permission denied/);
  });

  it("changes nothing of another box on the same base", async () => {
    await box.exec.command("sudo sh -c 'echo mine >/etc/mine; rm /usr/bin/curl; mkdir /app'");
    const other = await host.box();
    expect((await other.exec.command("ls /etc/mine /app; command -v curl")).stdout).toBe(
      "/usr/bin/curl\n",
    );
    await other.delete();
  });

  it("starts also when its root has broken what the engine binds into it", async () => {
    const broken = await host.box();
    await broken.exec.command(
      "sudo sh -c 'umask 077; echo x >/etc/hosts; rm -rf /work /tmp /opt/* /run /home/boxuser'",
    );
    await broken.pause();
    expect((await broken.exec.command("ls /opt/node/bin")).stdout).toBe("node\n");
    await broken.exec.command("sudo mv /opt/node /opt/moved; sudo ln -s /etc /opt/node");
    await broken.pause();
    // Where a folder of a base cannot be moved (an engine that is not root), it was copied.
    expect((await broken.exec.command("ls /opt/moved/bin/node")).stdout).toBe(
      "/opt/moved/bin/node\n",
    );
    await broken.delete();
  });

  it("may not have a runtime that the base lacks, and is told how to get it", async () => {
    const created = host.box({ runtime: "ruby" });
    await expect(created).rejects.toMatchObject({ statusCode: 400 });
    await expect(created).rejects.toThrow(/no ruby, .*engine base build --include ruby/);
    const python = await host.box({ runtime: "python" });
    const run = await python.exec.code({ code: "print(1 + 1)", lang: "python" });
    expect(run.output.trim()).toBe("2");
    await python.delete();
  });
});

describe("a base that is built while the engine runs", () => {
  it("is what the next box stands on, although another sandbox was ready for it", async () => {
    await using boxes = await testBoxes({ spareSandbox: true });
    const folder = join(boxes.data, "boxes");
    await expect.poll(async () => (await readdir(folder)).length).toBe(1);
    const base = await useBase(boxes.data);
    const made = await boxes.boxes.create({});
    expect(made.record.base).toBe(base);
    const connection = await made.connection();
    const run = await connection.run({ argv: ["sudo", "true"], env: { PATH: "/usr/bin" } });
    expect(run.exit.code).toBe(0);
  });
});

describe("an engine that is killed", () => {
  it("takes every process of its boxes on a base with it, and finds them asleep", async () => {
    await using folder = await temporaryFolder();
    await useBase(folder.path);
    const args = ["engine", "--port", "0", "--api-key", "key", "--data", folder.path];
    let id: string;
    {
      await using cli = runCli(args);
      const made = await Box.create({ baseUrl: (await cli.ready()).url, apiKey: "key" });
      id = made.id;
      await made.exec.command(
        "sudo sh -c 'echo kept >/etc/kept; setsid sleep 456789 >/dev/null 2>&1 &'",
      );
      await expect.poll(() => running("sleep\x00456789")).toBe(1);
      cli.child.kill("SIGKILL");
      await expect.poll(() => running("sleep\x00456789"), { timeout: 10_000 }).toBe(0);
      await expect.poll(() => running(folder.path), { timeout: 10_000 }).toBe(0);
    }
    await using cli = runCli(args);
    const again = await Box.get(id, { baseUrl: (await cli.ready()).url, apiKey: "key" });
    expect((await again.exec.command("cat /etc/kept")).stdout).toBe("kept\n");
    await again.delete();
    // Another sandbox is ready for the next box.
    expect(await readdir(join(folder.path, "boxes"))).not.toContain(id);
  });
});

/** How many processes of the host have this on their command line. */
async function running(word: string): Promise<number> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const commands = pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => ""));
  return (await Promise.all(commands)).filter((command) => command.includes(word)).length;
}

describe("a box without a base", () => {
  it("says what sudo would need", async () => {
    await using plain = await testEngine();
    const made = await plain.box();
    const run = await made.exec.command("sudo apt-get install hello");
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toMatch(/^sudo: .*\n.*\n {2}box-action engine base build\n/);
  });
});
