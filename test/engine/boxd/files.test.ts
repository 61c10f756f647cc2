import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BoxdEntry, BoxdFiles } from "../../../src/engine/boxd/index.ts";
import { spawnBoxd, type TestBoxd } from "./support/boxd.ts";

const isRoot = process.getuid?.() === 0;
let boxd: TestBoxd;
let files: BoxdFiles;
let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  boxd = await spawnBoxd();
  files = boxd.connection.files;
  folder = mkdtempSync(join(realpathSync(tmpdir()), "boxd-files-"));
});
afterAll(async () => {
  await boxd[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

async function all(path: string): Promise<BoxdEntry[]> {
  const entries: BoxdEntry[] = [];
  for await (const entry of files.list(path)) entries.push(entry);
  return entries;
}

describe("write and read", () => {
  it("carry bytes unchanged, and read takes a part", async () => {
    const content = randomBytes(300_000);
    await files.write(at("a"), content);
    expect(await files.readFile(at("a"))).toEqual(content);
    expect(await files.readFile(at("a"), { offset: 1000, length: 70_000 })).toEqual(
      content.subarray(1000, 71_000),
    );
    expect(await files.readFile(at("a"), { length: 0 })).toEqual(Buffer.alloc(0));
    expect(await files.readFile(at("a"), { offset: 1_000_000 })).toEqual(Buffer.alloc(0));
  });

  it("carry a file of 100 MB, and boxd stays small", async () => {
    const before = boxd.residentSet();
    const chunk = randomBytes(1024 * 1024);
    const hash = createHash("sha256");
    const source = function* () {
      for (let i = 0; i < 100; i++) {
        hash.update(chunk);
        yield chunk;
      }
    };
    await files.write(at("big"), source(), { atomic: true });
    const expected = hash.digest("hex");
    const seen = createHash("sha256");
    for await (const part of files.read(at("big"))) seen.update(part);
    expect(seen.digest("hex")).toBe(expected);
    if (!process.env.BOXD_TARGET) expect(boxd.residentSet() - before).toBeLessThan(2048);
    rmSync(at("big"));
  });

  it("replace, append, and set the mode exactly", async () => {
    await files.write(at("b"), "a long text", { mode: 0o666 });
    expect(statSync(at("b")).mode & 0o7777).toBe(0o666);
    await files.write(at("b"), "short");
    expect(readFileSync(at("b"), "utf8")).toBe("short");
    expect(statSync(at("b")).mode & 0o7777).toBe(0o666);
    await files.write(at("b"), "er", { append: true });
    expect(readFileSync(at("b"), "utf8")).toBe("shorter");
    await files.write(at("b"), "", { mode: 0o600 });
    expect(statSync(at("b")).size).toBe(0);
    expect(statSync(at("b")).mode & 0o7777).toBe(0o600);
  });

  it("make missing parents only when asked", async () => {
    await expect(files.write(at("p/q/r"), "x")).rejects.toMatchObject({ errnoName: "ENOENT" });
    await files.write(at("p/q/r"), "x", { parents: true, atomic: true });
    expect(readFileSync(at("p/q/r"), "utf8")).toBe("x");
  });

  it("replace atomically: the old content until the end, its mode after it, no rest on failure", async () => {
    mkdirSync(at("atomic"));
    writeFileSync(at("atomic/f"), "old", { mode: 0o640 });
    const during: string[] = [];
    const source = async function* () {
      yield Buffer.from("new ");
      await files.stat(at("atomic"));
      during.push(readFileSync(at("atomic/f"), "utf8"));
      yield Buffer.from("text");
    };
    await files.write(at("atomic/f"), source(), { atomic: true });
    expect(during).toEqual(["old"]);
    expect(readFileSync(at("atomic/f"), "utf8")).toBe("new text");
    expect(statSync(at("atomic/f")).mode & 0o7777).toBe(0o640);
    const failing = async function* () {
      yield Buffer.from("half");
      throw new Error("source broke");
    };
    await expect(files.write(at("atomic/f"), failing(), { atomic: true })).rejects.toThrow(
      "source broke",
    );
    await files.stat(at("atomic"));
    expect(readdirSync(at("atomic"))).toEqual(["f"]);
    expect(readFileSync(at("atomic/f"), "utf8")).toBe("new text");
  });

  it("refuse what is no regular file, and never wait for it", async () => {
    execFileSync("mkfifo", [at("fifo")]);
    const notRegular = { code: "REMOTE", errnoName: "EINVAL" };
    await expect(files.readFile(at("fifo"))).rejects.toMatchObject(notRegular);
    await expect(files.write(at("fifo"), "x")).rejects.toMatchObject(notRegular);
    await expect(files.write(at("fifo"), "x", { atomic: true })).rejects.toMatchObject(notRegular);
    await expect(files.readFile("/dev/zero")).rejects.toMatchObject(notRegular);
    await expect(files.readFile(folder)).rejects.toMatchObject({ errnoName: "EISDIR" });
    await expect(files.write(folder, "x")).rejects.toMatchObject({ errnoName: "EISDIR" });
    expect((await files.stat(at("fifo"))).type).toBe("fifo");
  });

  it("report a missing file on the stream", async () => {
    const read = async () => {
      for await (const _ of files.read(at("missing")));
    };
    await expect(read()).rejects.toMatchObject({
      errnoName: "ENOENT",
      message: `${at("missing")}: No such file or directory`,
    });
  });

  it("stop at the caller's limit, and when the reader leaves", async () => {
    writeFileSync(at("large"), Buffer.alloc(5_000_000));
    await expect(files.readFile(at("large"), { limitBytes: 1_000_000 })).rejects.toMatchObject({
      code: "OUTPUT_LIMIT",
    });
    for await (const _ of files.read(at("large"))) break;
    expect((await files.stat(at("large"))).size).toBe(5_000_000);
  });

  it("end with the reason of an AbortSignal", async () => {
    const controller = new AbortController();
    const source = async function* () {
      yield Buffer.from("a");
      controller.abort(new Error("enough"));
      yield Buffer.from("b");
    };
    const writing = files.write(at("aborted"), source(), {
      signal: controller.signal,
      atomic: true,
    });
    await expect(writing).rejects.toThrow("enough");
    await expect(files.readFile(at("a"), { signal: controller.signal })).rejects.toThrow("enough");
    expect(existsSync(at("aborted"))).toBe(false);
  });

  it("report a full disk", async () => {
    if (!isRoot) return;
    mkdirSync(at("small"));
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", at("small")], {
        stdio: "ignore",
      });
    } catch {
      return;
    }
    try {
      const content = Buffer.alloc(3_000_000);
      for (const atomic of [false, true]) {
        await expect(files.write(at("small/f"), content, { atomic })).rejects.toMatchObject({
          code: "REMOTE",
          errnoName: "ENOSPC",
        });
      }
      expect(readdirSync(at("small"))).toEqual(["f"]);
    } finally {
      execFileSync("umount", [at("small")]);
    }
  });
});

describe("without permission", () => {
  it("the work fails with EACCES", async () => {
    mkdirSync(at("closed"));
    writeFileSync(at("closed/f"), "secret", { mode: 0o600 });
    chmodSync(at("closed"), 0o700);
    chmodSync(folder, 0o755);
    const program = isRoot
      ? ["setpriv", "--reuid=12345", "--regid=12345", "--clear-groups"]
      : undefined;
    if (program === undefined) return;
    const { buildBoxd } = await import("./support/boxd.ts");
    const copy = at("boxd");
    execFileSync("install", ["-m", "755", buildBoxd(), copy]);
    await using other = await spawnBoxd([...program, copy]);
    const denied = { errnoName: "EACCES" };
    await expect(other.connection.files.readFile(at("closed/f"))).rejects.toMatchObject(denied);
    await expect(other.connection.files.write(at("new"), "x")).rejects.toMatchObject(denied);
    await expect(other.connection.files.mkdir(at("new"))).rejects.toMatchObject(denied);
    await expect(all.call(null, at("closed"))).resolves.toHaveLength(1);
    await expect(
      other.connection.files.remove(at("closed"), { recursive: true }),
    ).rejects.toMatchObject(denied);
    await expect(
      other.connection.run({ argv: ["/bin/true"], user: { uid: 0, gid: 0 } }),
    ).rejects.toMatchObject({ errnoName: "EPERM", message: "user 0:0: Operation not permitted" });
    const { exit } = await other.connection.run({
      argv: ["/bin/true"],
      user: { uid: 12345, gid: 12345 },
    });
    expect(exit.code).toBe(0);
  });
});

describe("list and stat", () => {
  it("tell type, size, time and mode, and do not follow links", async () => {
    mkdirSync(at("l"));
    writeFileSync(at("l/file"), "12345", { mode: 0o604 });
    mkdirSync(at("l/directory"));
    symlinkSync("file", at("l/link"));
    const entries = (await all(at("l"))).sort((a, b) => a.name.localeCompare(b.name));
    expect(entries.map(({ name, type }) => [name, type])).toEqual([
      ["directory", "directory"],
      ["file", "file"],
      ["link", "symlink"],
    ]);
    const own = lstatSync(at("l/file"), { bigint: true });
    expect(entries[1]).toMatchObject({ size: 5, mode: 0o604, mtimeNanoseconds: own.mtimeNs });
    expect(await files.stat(at("l/link"), { follow: false })).toMatchObject({
      type: "symlink",
      target: "file",
    });
    expect(await files.stat(at("l/link"))).toMatchObject({ type: "file", size: 5 });
  });

  it("list 5 000 names beside other work, and names that are not UTF-8", async () => {
    mkdirSync(at("many"));
    for (let i = 0; i < 5_000; i++) writeFileSync(at(`many/${"n".repeat(50)}${i}`), "");
    const odd = Buffer.concat([Buffer.from(at("many/")), Buffer.from([0xff, 0xfe])]);
    await files.write(odd, "odd");
    let count = 0;
    for await (const entry of files.list(at("many"))) {
      if (entry.rawName.equals(Buffer.from([0xff, 0xfe]))) expect(entry.size).toBe(3);
      if (count++ === 3000) await boxd.connection.run({ argv: ["/bin/true"] });
    }
    expect(count).toBe(5_001);
    expect((await files.readFile(odd)).toString()).toBe("odd");
  });

  it("may be left early", async () => {
    for await (const _ of files.list(at("many"))) break;
    await expect(all(at("nowhere"))).rejects.toMatchObject({ errnoName: "ENOENT" });
    await expect(all(at("a"))).rejects.toMatchObject({ errnoName: "ENOTDIR" });
  });
});

describe("mkdir, rename and remove", () => {
  it("do what their names say", async () => {
    await files.mkdir(at("m"), { mode: 0o777 });
    expect(statSync(at("m")).mode & 0o7777).toBe(0o777);
    await expect(files.mkdir(at("m"))).rejects.toMatchObject({ errnoName: "EEXIST" });
    await files.mkdir(at("m"), { parents: true });
    await files.mkdir(at("m/x/y/z"), { parents: true });
    await expect(files.mkdir(at("a"), { parents: true })).rejects.toMatchObject({
      errnoName: "EEXIST",
    });
    await files.rename(at("m/x"), at("m/w"));
    await expect(files.rename(at("m/x"), at("m/v"))).rejects.toMatchObject({ errnoName: "ENOENT" });
    await expect(files.remove(at("m"))).rejects.toMatchObject({ errnoName: "ENOTEMPTY" });
    await files.remove(at("m/w/y/z"));
    await files.remove(at("m"), { recursive: true });
    expect(existsSync(at("m"))).toBe(false);
    await expect(files.remove(at("m"), { recursive: true })).rejects.toMatchObject({
      errnoName: "ENOENT",
    });
  });

  it("remove a tree without following its links", async () => {
    mkdirSync(at("outside"));
    writeFileSync(at("outside/precious"), "1");
    mkdirSync(at("tree/sub/deeper"), { recursive: true });
    symlinkSync(at("outside"), at("tree/link"));
    symlinkSync("../../../outside", at("tree/sub/link"));
    symlinkSync("..", at("tree/sub/deeper/up"));
    symlinkSync(at("outside"), at("top-link"));
    await files.remove(at("tree"), { recursive: true });
    await files.remove(at("top-link"), { recursive: true });
    expect(existsSync(at("tree"))).toBe(false);
    expect(existsSync(at("top-link"))).toBe(false);
    expect(readdirSync(at("outside"))).toEqual(["precious"]);
  });

  it("remove a tree that is deeper than a path may be long, and wide", async () => {
    const script =
      'chdir shift; for (1..3000) { mkdir "d" x 8; open F, ">", "file"; chdir "d" x 8 or die }';
    mkdirSync(at("deep"));
    const { exit } = await boxd.connection.run({
      argv: ["/usr/bin/perl", "-e", script, at("deep")],
    });
    expect(exit.code).toBe(0);
    await files.remove(at("deep"), { recursive: true });
    await files.remove(at("many"), { recursive: true });
    expect(existsSync(at("deep")) || existsSync(at("many"))).toBe(false);
  });
});
