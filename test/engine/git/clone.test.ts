import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DevGitHub, type RepositoryHandle, startGitHub } from "../../../dev/github/index.ts";
import { type TestEngine, testEngine } from "../../support/test-engine.ts";

let github: DevGitHub;
let host: TestEngine;
let secret: RepositoryHandle;
let token: string;
beforeAll(async () => {
  github = await startGitHub();
  token = github.createUser({ login: "owner" }).token;
  secret = await github.createRepository({
    owner: "owner",
    name: "secret",
    private: true,
    files: { "README.md": "# secret\n", "a/b.txt": "b\n" },
  });
  await secret.commit("feature/one", { "one.txt": "1\n" }, { message: "One" });
  host = await testEngine({ allowedHosts: [new URL(github.url).host] });
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await github.close();
  expect(host.errors).toEqual([]);
});

describe("git.clone", () => {
  it("gives a clone as from the remote, on the branch asked for, with all others", async () => {
    const box = await host.box();
    await box.git.clone({ repo: secret.cloneUrl, branch: "feature/one", token });
    await box.cd("secret");
    expect(await box.files.read("one.txt")).toBe("1\n");
    const { stdout } = await box.exec.command(
      "git branch --show-current; git branch -r; git remote -v; git status --short; git fsck",
    );
    expect(stdout).toContain("feature/one\n");
    expect(stdout).toContain("origin/main");
    expect(stdout).toContain(`origin\t${secret.cloneUrl} (fetch)`);
    await box.git.checkout({ branch: "main" });
    expect((await box.git.exec({ args: ["log", "--format=%s"] })).output).toBe("Initial commit\n");
  });

  it("takes the default branch when none is named", async () => {
    const box = await host.box();
    await box.git.clone({ repo: secret.cloneUrl, token });
    expect((await box.exec.command("git -C secret branch --show-current")).result).toBe("main");
  });

  it("does not wait for a box that holds its own clone up", async () => {
    const held = await host.box();
    const other = await host.box();
    // Its git stops at once, and for good.
    await held.files.write({
      path: "/home/boxuser/.local/bin/git",
      content: "#!/bin/sh\nkill -STOP $$\n",
    });
    await held.exec.command("chmod +x ~/.local/bin/git");
    const controller = new AbortController();
    const { signal } = controller;
    const stuck = held.git.clone({ repo: secret.cloneUrl, token, signal }).catch(() => "stopped");
    await expect
      .poll(async () => (await held.exec.command("pgrep -x git || ls /tmp/.clone-*")).stdout)
      .not.toBe("");
    await other.git.clone({ repo: secret.cloneUrl, token });
    expect(await other.files.read("secret/README.md")).toBe("# secret\n");
    controller.abort();
    await stuck;
    await held.delete();
  });

  it("leaves no credential in the box", async () => {
    const box = await host.box({ git: { token } });
    await box.git.clone({ repo: secret.cloneUrl });
    const basic = Buffer.from(`x-access-token:${token}`).toString("base64");
    const { stdout } = await box.exec.command(
      "cd secret; env; git config -l; cat .git/config ~/.gitconfig; grep -r . ~ /tmp /workspace 2>/dev/null; cat /proc/*/environ /proc/*/cmdline 2>/dev/null",
    );
    expect(stdout).not.toContain(token);
    expect(stdout).not.toContain(basic);
    expect(stdout).toContain("README.md");
  });

  it("does not hand a cached private repository to somebody who may not read it", async () => {
    const outsider = github.createUser({ login: "outsider" }).token;
    const box = await host.box();
    for (const tried of [undefined, outsider, "no-such-token"]) {
      await expect(box.git.clone({ repo: secret.cloneUrl, token: tried })).rejects.toMatchObject({
        statusCode: 400,
        message: expect.stringMatching(/cannot be fetched.*token/s),
      });
    }
    expect(await box.files.list()).toEqual([]);
  });

  it("moves only what is new the second time, and forgets branches that are gone", async () => {
    const repository = await github.createRepository({
      owner: "owner",
      name: "large",
      files: { "large.bin": "x".repeat(2_000_000) },
    });
    const box = await host.box();
    await box.git.clone({ repo: repository.cloneUrl, folder: "first", token });
    const before = packedSize();
    await repository.commit("main", { "small.txt": "small\n" });
    await box.git.clone({ repo: repository.cloneUrl, folder: "second", token });
    expect(packedSize() - before).toBeLessThan(100_000);
    expect(await box.files.read("second/small.txt")).toBe("small\n");
  });

  it("clones an empty repository as one that can be committed to", async () => {
    const empty = await github.createRepository({ owner: "owner", name: "empty" });
    const box = await host.box();
    await box.git.clone({ repo: empty.cloneUrl, token });
    await box.cd("empty");
    await box.files.write({ path: "first", content: "1" });
    const { sha } = await box.git.commit({ message: "First" });
    expect(sha).toMatch(/^[0-9a-f]{40}$/);
    expect((await box.exec.command("git branch --show-current")).result).toBe("main");
  });

  it("puts the clone beside what is there, and into a folder that is not", async () => {
    const box = await host.box();
    await box.exec.command("mkdir there");
    await box.git.clone({ repo: secret.cloneUrl, folder: "there", token });
    await box.git.clone({ repo: secret.cloneUrl, folder: "new/name", token });
    expect((await box.exec.command("ls there new/name")).stdout).toBe(
      "new/name:\nREADME.md\na\n\nthere:\nsecret\n",
    );
  });

  it("says when a branch is not there, and leaves nothing behind", async () => {
    const box = await host.box();
    await expect(
      box.git.clone({ repo: secret.cloneUrl, branch: "nope", token }),
    ).rejects.toMatchObject({ statusCode: 404, message: expect.stringContaining("nope") });
    expect((await box.exec.command("ls -A /workspace/home /tmp")).stdout).not.toContain("secret");
  });

  it("refuses a host in a private network that the operator did not name", async () => {
    const box = await host.box();
    await expect(box.git.clone({ repo: "https://127.0.0.1:9/a/b", token })).rejects.toMatchObject({
      message: expect.stringContaining("private network"),
    });
  });

  it("clones the same repository into many boxes at once", async () => {
    const boxes = await Promise.all(Array.from({ length: 5 }, () => host.box()));
    await Promise.all(boxes.map((box) => box.git.clone({ repo: secret.cloneUrl, token })));
    const found = await Promise.all(boxes.map((box) => box.files.read("secret/README.md")));
    expect(new Set(found)).toEqual(new Set(["# secret\n"]));
  });
});

describe("git in a box", () => {
  it("commits without configuration, shows status and diff, and answers with git's words", async () => {
    const box = await host.box({ git: { userName: 'Ada "A" L', userEmail: "ada@example.com" } });
    await box.exec.command("git init -q");
    await box.files.write({ path: "a.txt", content: "1\n" });
    expect(await box.git.status()).toBe("?? a.txt\n");
    await box.git.commit({ message: "First" });
    await box.files.write({ path: "a.txt", content: "2\n" });
    expect(await box.git.diff()).toContain("+2");
    await box.exec.command("git add a.txt");
    expect(await box.git.diff()).toContain("+2");
    const log = await box.git.exec({ args: ["log", "--format=%an <%ae>"] });
    expect(log).toEqual({ output: 'Ada "A" L <ada@example.com>\n', exitCode: 0 });
    const wrong = await box.git.exec({ args: ["checkout", "nowhere"] });
    expect(wrong.exitCode).toBe(1);
    expect(wrong.output).toContain("nowhere");
    await expect(box.git.checkout({ branch: "nowhere" })).rejects.toMatchObject({
      statusCode: 400,
    });
    await expect(box.git.checkout({ branch: "--orphan=x" })).rejects.toMatchObject({
      statusCode: 400,
    });
    expect((await box.exec.command("git symbolic-ref --short HEAD")).result).toBe("master");
  });
});

describe("a diff that is too large for one answer", () => {
  it("is refused as such", async () => {
    const box = await host.box();
    await box.exec.command(
      "git init -q; touch big; git add big; git commit -qm 1; yes | head -c 50000000 > big",
    );
    await expect(box.git.diff()).rejects.toMatchObject({
      statusCode: 413,
      serverCode: "output_too_large",
    });
  });
});

/** Bytes of all packs and loose objects of the engine's cache. */
function packedSize(): number {
  const folder = join(host.data, "repositories");
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => path.includes("/objects/") && statSync(path).isFile())
    .reduce((sum, path) => sum + readFileSync(path).length, 0);
}
