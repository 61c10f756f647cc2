import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import type { Suite } from "../suite.ts";

export function fileCases(suite: Suite): void {
  suite.it("write then read gives the same text, with parents made", async () => {
    const box = await suite.box();
    const content = "grün ✓\r\n\u0000 end, no newline";
    await box.files.write({ path: "a/new/folder/text.txt", content });
    expect(await box.files.read("a/new/folder/text.txt")).toBe(content);
    expect(await box.files.read("/workspace/home/a/new/folder/text.txt")).toBe(content);
    await box.files.write({ path: "a/new/folder/text.txt", content: "" });
    expect(await box.files.read("a/new/folder/text.txt")).toBe("");
  });

  suite.it("bytes go both ways as base64", async () => {
    const box = await suite.box();
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * 7) % 256));
    const content = bytes.toString("base64");
    await box.files.write({ path: "bytes", content, encoding: "base64" });
    expect(await box.files.read("bytes", { encoding: "base64" })).toBe(content);
    expect((await box.exec.command("wc -c < bytes")).stdout.trim()).toBe("100000");
  });

  suite.it("a new file shows in its directory's listing at once; is_dir is right", async () => {
    const box = await suite.box();
    await box.files.write({ path: "src/a.txt", content: "abc" });
    const [folder] = await box.files.list();
    expect(folder).toMatchObject({ name: "src", is_dir: true });
    const [file, ...none] = await box.files.list("src");
    expect(none).toEqual([]);
    expect(file).toMatchObject({ name: "a.txt", size: 3, is_dir: false });
    expect(Number.isNaN(Date.parse(file?.mod_time ?? ""))).toBe(false);
    expect(await box.files.read(file?.path ?? "")).toBe("abc");
  });

  suite.it("an empty directory is an empty list", async () => {
    const box = await suite.box();
    expect(await box.files.list()).toEqual([]);
    const { body } = await suite.call("GET", `/${box.id}/files/list`);
    expect([{ files: null }, { files: [] }]).toContainEqual(body);
  });

  suite.it("what is not there is 404", async () => {
    const box = await suite.box();
    await expect(box.files.read("nothing")).rejects.toMatchObject({ statusCode: 404 });
    await expect(box.files.list("nothing")).rejects.toMatchObject({ statusCode: 404 });
  });

  suite.it("files of this machine are uploaded, and read there", async () => {
    await using folder = await temporaryFolder();
    const [one, two] = [join(folder.path, "one"), join(folder.path, "two")];
    await writeFile(one, "1");
    await writeFile(two, Buffer.from([0, 255, 10]));
    const box = await suite.box();
    await box.files.upload([
      { path: one, destination: "up/one.txt" },
      { path: two, destination: "/workspace/home/two.bin" },
    ]);
    expect(await box.files.read("up/one.txt")).toBe("1");
    expect(await box.files.read("two.bin", { encoding: "base64" })).toBe("AP8K");
  });

  suite.it("a directory is downloaded file by file, by the paths of its listing", async () => {
    await using folder = await temporaryFolder();
    const box = await suite.box();
    await box.files.write({ path: "out/a.txt", content: "a" });
    await box.files.write({ path: "out/b.bin", content: "AP8K", encoding: "base64" });
    await inside(folder.path, () => box.files.download({ folder: "out" }));
    expect((await readdir(join(folder.path, "out"))).sort()).toEqual(["a.txt", "b.bin"]);
    expect(await readFile(join(folder.path, "out/a.txt"), "utf8")).toBe("a");
    expect(await readFile(join(folder.path, "out/b.bin"))).toEqual(Buffer.from([0, 255, 10]));
    await inside(folder.path, () => box.files.download());
    expect(await readdir(folder.path)).toContain("workspace");
  });

  suite.it("files may be written where the box's user may, such as /tmp", async () => {
    const box = await suite.box();
    await box.files.write({ path: "/tmp/a.txt", content: "a" });
    expect((await box.exec.command("cat /tmp/a.txt")).stdout).toBe("a");
    const refused = box.files.write({ path: "/etc/passwd", content: "x" });
    await expect(refused).rejects.toMatchObject({ statusCode: expect.any(Number) });
  });

  suite.it("directories are uploaded and downloaded with all that is below them", async () => {
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, "tree/below"), { recursive: true });
    await writeFile(join(folder.path, "tree/below/deep.txt"), "deep");
    const box = await suite.ourBox();
    await box.files.upload([{ path: join(folder.path, "tree"), destination: "tree" }]);
    expect(await box.files.read("tree/below/deep.txt")).toBe("deep");
    const destination = join(folder.path, "back");
    await box.files.download({ folder: "tree", destination });
    expect(await readFile(join(destination, "below/deep.txt"), "utf8")).toBe("deep");
  }, ["directory trees"]);

  suite.it("a part of a file is read without the rest", async () => {
    const box = await suite.ourBox();
    await box.files.write({ path: "digits", content: "0123456789" });
    expect(await box.files.read("digits", { offset: 3, length: 4 })).toBe("3456");
  }, ["parts of files"]);

  suite.it("files are looked at, moved and removed; a link is followed", async () => {
    const box = await suite.ourBox();
    await box.files.mkdir("a/b", { parents: true });
    await box.files.write({ path: "a/b/file", content: "12345" });
    await box.exec.command("ln -s a/b/file link");
    expect(await box.files.stat("link")).toMatchObject({ type: "file", size: 5 });
    expect(await box.files.stat("link", { follow: false })).toMatchObject({ type: "symlink" });
    await box.files.rename("a/b/file", "moved");
    expect(await box.files.read("moved")).toBe("12345");
    await box.files.remove("a", { recursive: true });
    expect((await box.files.list()).map(({ name }) => name).sort()).toEqual(["link", "moved"]);
  }, ["file operations"]);
}

/** The original downloads into the working directory, and nowhere else. */
async function inside(folder: string, work: () => Promise<void>): Promise<void> {
  const before = process.cwd();
  process.chdir(folder);
  try {
    await work();
  } finally {
    process.chdir(before);
  }
}
