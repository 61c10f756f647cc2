import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startGitHub } from "../../dev/github/index.ts";
import { Box } from "../../src/box/index.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { type TestEngine, testEngine } from "../support/test-engine.ts";
import { BOX, startPeer } from "./peer.ts";

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

describe("exec.code", () => {
  it.each([
    ["js", "console.log(1 + 1)", "2"],
    ["ts", "const n: number = 3; console.log(n)", "3"],
    ["python", "print('hello')", "hello"],
  ] as const)("runs %s", async (lang, code, output) => {
    const run = await box.exec.code({ lang, code });
    expect(run).toMatchObject({ status: "completed", exitCode: 0, result: output });
    expect([run.output, run.exit_code]).toEqual([output, 0]);
  });

  it("says how code failed, and ends code whose time is over", async () => {
    const failed = await box.exec.code({
      lang: "python",
      code: "import sys; print(1); sys.exit(3)",
    });
    expect([failed.status, failed.output, failed.exit_code]).toEqual(["failed", "1", 3]);
    const endless = await box.exec.code({ lang: "js", code: "for (;;) {}", timeout: 300 });
    expect(endless.status).toBe("failed");
  });

  it("streams what code prints", async () => {
    const stream = await box.exec.streamCode({
      lang: "js",
      code: "console.log('a'); process.exit(2)",
    });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks).toMatchObject([
      { type: "stdout", data: "a\n" },
      { type: "exit", exitCode: 2 },
    ]);
  });
});

describe("run.logs", () => {
  it("has what was printed since the run began", async () => {
    const run = await box.exec.command("echo into the log");
    expect(await run.logs()).toContainEqual({
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      level: "info",
      message: "into the log",
    });
  });
});

describe("box.files", () => {
  it("reads a part, and says what is where", async () => {
    await box.files.write({ path: "part.txt", content: "0123456789" });
    expect(await box.files.read("part.txt", { offset: 3, length: 4 })).toBe("3456");
    await box.files.mkdir("made/deep", { parents: true });
    await box.files.rename("part.txt", "made/deep/part.txt");
    expect(await box.files.stat("made/deep/part.txt")).toMatchObject({ type: "file", size: 10 });
    await expect(box.files.stat("part.txt")).rejects.toMatchObject({ code: "not_found" });
    await expect(box.files.remove("made")).rejects.toThrow(/not empty/i);
    await box.files.remove("made", { recursive: true });
    await expect(box.files.stat("made")).rejects.toMatchObject({ statusCode: 404 });
  });

  it("uploads files, directories and content, and downloads all of it again", async () => {
    await using folder = await temporaryFolder();
    const from = join(folder.path, "from");
    await mkdir(join(from, "below/empty"), { recursive: true });
    const bytes = Buffer.alloc(3_000_000, 7);
    await writeFile(join(from, "grüße.txt"), "grüße\n");
    await writeFile(join(from, "below/bytes"), bytes);
    await box.files.upload([
      { path: from, destination: "up/tree/" },
      { path: join(from, "grüße.txt"), destination: "up/one.txt" },
      { content: "from memory", destination: "up/memory.txt" },
    ]);
    await box.exec.command("ln -s tree up/link; ln -s one.txt up/file-link");
    const destination = join(folder.path, "to");
    await box.files.download({ folder: "up", destination });
    expect((await readdir(destination, { recursive: true })).sort()).toEqual([
      ...["file-link", "memory.txt", "one.txt", "tree"],
      ...["tree/below", "tree/below/bytes", "tree/grüße.txt"],
    ]);
    expect(bytes.equals(await readFile(join(destination, "tree/below/bytes")))).toBe(true);
    expect(await readFile(join(destination, "file-link"), "utf8")).toBe("grüße\n");
  });

  it("uploads hundreds of files", async () => {
    const files = Array.from({ length: 700 }, (_, index) => ({
      content: `${index}`,
      destination: `/tmp/many/${index}`,
    }));
    await box.files.upload(files);
    expect((await box.exec.command("ls /tmp/many | wc -l; cat /tmp/many/699")).stdout).toBe(
      "700\n699",
    );
  });

  it("says which local file is not there", async () => {
    const entries = [{ path: "/no/such/file", destination: "x" }];
    await expect(box.files.upload(entries)).rejects.toThrow(/\/no\/such\/file cannot be read/);
  });

  it.each(["../evil", "a/b", "..", ""])("a box's file named %j is not downloaded", async (name) => {
    await using folder = await temporaryFolder();
    await using peer = await startPeer(({ path }, response) => {
      if (path === "/v2/box/box-1") return BOX;
      if (path.endsWith("/files/download")) return void response.end("evil");
      return {
        files: [{ name, path: "/workspace/home/evil", size: 4, is_dir: false, mod_time: "" }],
      };
    });
    const hostile = await Box.get("box-1", peer.connection);
    const destination = join(folder.path, "to");
    await expect(hostile.files.download({ destination })).rejects.toThrow(/cannot have/);
    expect(await readdir(folder.path, { recursive: true })).toEqual(["to"]);
  });

  it("leaves no half of a file whose connection was lost", async () => {
    await using folder = await temporaryFolder();
    await using peer = await startPeer(({ path }, response) => {
      if (path === "/v2/box/box-1") return BOX;
      if (path.endsWith("/files/list")) {
        return { files: [{ name: "a", path: "/a", size: 9, is_dir: false, mod_time: "" }] };
      }
      response.writeHead(200, { "content-length": "9" });
      response.write("half", () => response.destroy());
    });
    const cut = await Box.get("box-1", peer.connection);
    await expect(cut.files.download({ destination: folder.path })).rejects.toMatchObject({
      code: "network",
    });
    expect(await readdir(folder.path)).toEqual([]);
  });
});

describe("box.git", () => {
  it("commits as who it is told, pushes and opens a pull request", async () => {
    const github = await startGitHub();
    const { token } = github.createUser({ login: "owner" });
    await using engine = await testEngine({ allowedHosts: [new URL(github.url).host] });
    const remote = await github.createRepository({
      owner: "owner",
      name: "site",
      private: true,
      files: { "README.md": "# Site\n" },
    });
    const worker = await engine.box({ git: { token } });
    await worker.git.clone({ repo: remote.cloneUrl });
    await worker.cd("site");
    expect(
      await worker.git.updateConfig({ userName: "Jane", userEmail: "jane@x.example" }),
    ).toEqual({
      git_user_name: "Jane",
      git_user_email: "jane@x.example",
    });
    await worker.git.exec({ args: ["checkout", "-b", "change"] });
    await worker.files.write({ path: "new.txt", content: "new\n" });
    const { sha } = await worker.git.commit({ message: "feat: new" });
    await worker.git.push();
    expect((await remote.branches()).change).toBe(sha);
    const pr = await worker.git.createPR({ title: "New", body: "Text", base: "main" });
    expect(pr).toMatchObject({ number: expect.any(Number), title: "New", base: "main" });
    await expect(worker.git.createPR({ title: "New", base: "main" })).rejects.toMatchObject({
      statusCode: 400,
    });
    await github.close();
  });
});
