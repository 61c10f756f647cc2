import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { RepositoryHandle } from "../../dev/github/index.ts";
import { TrustedRepository } from "../../src/core/trusted-repository.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { type TestGitHub, testGitHub } from "../support/test-github.ts";

// A box gives us a bundle and may put anything into it: this is the other side of that door.

const REF = "refs/box-action/result";
let host: TestGitHub;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let repository: RepositoryHandle;
let work: string;
let root: string;
let base: string;
beforeAll(async () => {
  host = await testGitHub();
  folder = await temporaryFolder();
  repository = await host.repository();
  [root = ""] = Object.values(await repository.branches());
  base = await repository.commit("main", { "a.txt": "a\n" }, { quiet: true });
  work = join(folder.path, "work");
  execFileSync("git", ["clone", "--quiet", repository.folder, work]);
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const MESSAGE = "What we say of it";
const OURS = {
  login: "box-action[bot]",
  id: 1,
  email: "1+box-action[bot]@users.noreply.example.com",
};
const identity = { name: "box-action[bot]", email: "1+box-action[bot]@users.noreply.example.com" };

function git(args: string[], input?: string | Buffer, env: Record<string, string> = {}): string {
  return execFileSync("git", args, {
    cwd: work,
    input,
    stdio: ["pipe", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH,
      HOME: folder.path,
      GIT_AUTHOR_NAME: identity.name,
      GIT_AUTHOR_EMAIL: identity.email,
      GIT_COMMITTER_NAME: identity.name,
      GIT_COMMITTER_EMAIL: identity.email,
      ...env,
    },
  })
    .toString()
    .trim();
}

const blob = () => git(["hash-object", "-w", "--stdin"], "work\n");
const tree = (entry = `100644 blob ${blob()}\twork.txt\n`) => git(["mktree"], entry);
const commit = (parents: string[], of = tree(), env: Record<string, string> = {}) =>
  git(["commit-tree", of, ...parents.flatMap((one) => ["-p", one]), "-m", "work"], "", env);

async function bundle(sha: string, without = base): Promise<Buffer> {
  git(["update-ref", REF, sha]);
  const path = join(folder.path, "result.bundle");
  git(["bundle", "create", "--quiet", path, `^${without}`, REF]);
  return readFile(path);
}

let jobs = 0;
async function take(bytes: Uint8Array) {
  const trusted = new TrustedRepository(
    join(folder.path, "trusted"),
    repository.cloneUrl,
    `job${++jobs}`,
  );
  await trusted.fetchBase(base, async () => undefined);
  return trusted.importBundle(bytes, REF, {
    base,
    message: MESSAGE,
    identity: OURS,
    date: new Date(),
  });
}

const refused = expect.objectContaining({ code: "work-refused" });

/** What the commit that would be pushed is, as the trusted repository has it. */
async function published(sha: string): Promise<string> {
  const [name = ""] = await readdir(join(folder.path, "trusted"));
  const format = "--format=%P|%an <%ae>|%cn <%ce>|%B";
  const cwd = join(folder.path, "trusted", name);
  return execFileSync("git", ["show", "--no-patch", format, sha], { cwd }).toString().trim();
}

const ours = () => {
  const who = `${OURS.login} <${OURS.email}>`;
  return `${base}|${who}|${who}|${MESSAGE}`;
};

it("the work is taken as one commit of ours on top of the pinned one, with what it changed", async () => {
  const taken = await take(await bundle(commit([base])));
  expect(taken.files).toEqual([
    { path: "README.md", status: "deleted", added: 0, deleted: 1 },
    { path: "a.txt", status: "deleted", added: 0, deleted: 1 },
    { path: "work.txt", status: "added", added: 1, deleted: 0 },
  ]);
  expect(await published(taken.sha)).toBe(ours());
});

it.each<[string, () => string]>([
  ["two commits", () => commit([commit([base])])],
  ["a commit without a parent", () => commit([])],
  ["another author", () => commit([base], tree(), { GIT_AUTHOR_NAME: "maya" })],
  ["another committer", () => commit([base], tree(), { GIT_COMMITTER_EMAIL: "maya@example.com" })],
  [
    "a message that closes an issue and names a co-author",
    () =>
      git(["commit-tree", tree(), "-p", base], "Closes #1 @maya\n\nCo-authored-by: maya <m@x.y>\n"),
  ],
  [
    "a tag in the place of a commit",
    () =>
      git(
        ["mktag"],
        `object ${commit([base])}\ntype commit\ntag v1\ntagger a <a@example.com> 1 +0000\n\nmessage\n`,
      ),
  ],
])("of %s nothing is published but the files", async (_title, make) => {
  const { sha } = await take(await bundle(make(), root));
  expect(await published(sha)).toBe(ours());
});

it.each<[string, () => string]>([
  ["a commit on top of an older one", () => commit([root])],
  ["a merge with an older one", () => commit([base, root])],
])("%s is refused, since its history is not there", async (_title, make) => {
  await expect(take(await bundle(make(), root))).rejects.toEqual(refused);
});

it("an object that git itself would not make is refused", async () => {
  const bad = `tree ${tree()}\nparent ${base}\nauthor nobody 1 +0000\ncommitter nobody 1 +0000\n\nx\n`;
  const sha = git(["hash-object", "-t", "commit", "-w", "--literally", "--stdin"], bad);
  await expect(take(await bundle(sha))).rejects.toEqual(refused);
});

it("a tree that would write into .git is refused", async () => {
  const bytes = Buffer.concat([Buffer.from("100644 .git\0"), Buffer.from(blob(), "hex")]);
  const bad = git(["hash-object", "-t", "tree", "-w", "--literally", "--stdin"], bytes);
  await expect(take(await bundle(commit([base], bad)))).rejects.toEqual(refused);
});

it("a bundle that was cut off, is empty, or is something else is refused", async () => {
  const whole = await bundle(commit([base]));
  for (const bytes of [whole.subarray(0, -30), Buffer.alloc(0), Buffer.from("#!/bin/sh\n")]) {
    await expect(take(bytes)).rejects.toEqual(refused);
  }
});

it("a bundle whose ref has another name is refused", async () => {
  const sha = commit([base]);
  git(["update-ref", "refs/heads/other", sha]);
  const path = join(folder.path, "other.bundle");
  git(["bundle", "create", "--quiet", path, `^${base}`, "refs/heads/other"]);
  await expect(take(await readFile(path))).rejects.toEqual(refused);
});

it("hooks in the trusted repository do not run, and no bundle stays in it", async () => {
  const [name = ""] = await readdir(join(folder.path, "trusted"));
  const trusted = join(folder.path, "trusted", name);
  const marker = join(folder.path, "hook-ran");
  await mkdir(join(trusted, "hooks"), { recursive: true });
  for (const hook of ["reference-transaction", "pre-push", "post-update"]) {
    const script = `#!/bin/sh\necho ran >> ${marker}\n`;
    await writeFile(join(trusted, "hooks", hook), script, { mode: 0o755 });
  }
  await take(await bundle(commit([base])));
  await expect(readFile(marker)).rejects.toThrow("ENOENT");
  expect((await readdir(trusted)).filter((file) => file.endsWith(".bundle"))).toEqual([]);
});
