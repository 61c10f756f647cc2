import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Box } from "../../src/box/index.ts";
import { type TestEngine, testEngine } from "../support/test-engine.ts";

let host: TestEngine;
let box: Box;
beforeAll(async () => {
  host = await testEngine();
  box = await host.box();
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  expect(host.errors).toEqual([]);
});

describe("files", () => {
  it("are written with their parents and read back, as text and as bytes", async () => {
    await box.files.write({ path: "a/b/c.txt", content: "grüße\n" });
    expect(await box.files.read("a/b/c.txt")).toBe("grüße\n");
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    await box.files.write({
      path: "bytes",
      content: bytes.toString("base64"),
      encoding: "base64",
    });
    const read = await box.files.read("bytes", { encoding: "base64" });
    expect(Buffer.from(read, "base64")).toEqual(bytes);
  });

  it("are listed with paths that can be read again, directories told apart", async () => {
    await box.exec.command("mkdir -p list/sub && echo 12345 > list/file && ln -s file list/link");
    const entries = await box.files.list("list");
    expect(entries.map(({ name, is_dir }) => [name, is_dir])).toEqual([
      ["file", false],
      ["link", false],
      ["sub", true],
    ]);
    expect(entries[0]).toMatchObject({ size: 6, path: "/workspace/home/list/file" });
    expect(await box.files.read(entries[0]?.path ?? "")).toBe("12345\n");
  });

  it("that are not there, are folders, or may not be written are told apart", async () => {
    await expect(box.files.read("nothing")).rejects.toMatchObject({ statusCode: 404 });
    await expect(box.files.read("/usr")).rejects.toMatchObject({ statusCode: 400 });
    await expect(box.files.write({ path: "/usr/evil", content: "" })).rejects.toMatchObject({
      statusCode: 403,
    });
    await expect(box.files.list("nothing")).rejects.toMatchObject({ statusCode: 404 });
  });

  it("that are pipes do not hang the box", async () => {
    await box.exec.command("mkfifo pipe");
    await expect(box.files.read("pipe")).rejects.toMatchObject({ statusCode: 400 });
    expect((await box.exec.command("echo fine")).result).toBe("fine");
  });

  it("replace what a link points to, in the box and not on the host", async () => {
    await box.exec.command("ln -s /etc/passwd escape; ln -s /proc/1/root/etc/shadow shadow");
    expect(await box.files.read("escape")).toContain("boxuser");
    expect(await box.files.read("escape")).not.toContain("daemon");
    await expect(box.files.read("shadow")).rejects.toThrow();
  });
});
