import { readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RepositoryHandle } from "../../dev/github/index.ts";
import { TrustedRepository } from "../../src/core/trusted-repository.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { type TestGitHub, testGitHub } from "../support/test-github.ts";

let host: TestGitHub;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  host = await testGitHub();
  folder = await temporaryFolder();
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const noToken = async () => undefined;

/** A repository that one job has fetched into, and the head that the next one wants. */
async function fetched() {
  const handle = await host.repository();
  const root = join(folder.path, handle.fullName);
  const open = (job: string) => new TrustedRepository(root, handle.cloneUrl, job);
  await open("first").fetchBase(await headOf(handle), noToken);
  await handle.commit("main", { "later.txt": "later" }, { quiet: true });
  const [bare = ""] = await readdir(root);
  return { open, bare: join(root, bare), head: await headOf(handle) };
}

async function headOf(handle: RepositoryHandle): Promise<string> {
  return (await handle.log("main", 1))[0]?.sha ?? "";
}

describe("the lock of a git that was killed", () => {
  it("in the middle of a fetch stops no later one", async () => {
    const { open, bare, head } = await fetched();
    await writeFile(join(bare, "shallow.lock"), "");
    await open("second").fetchBase(head, noToken);
    expect(await readdir(bare)).not.toContain("shallow.lock");
  });

  it("of a process before this one is removed, and one that somebody may hold is left", async () => {
    const { open, bare, head } = await fetched();
    const old = join(bare, "packed-refs.lock");
    const held = join(bare, "HEAD.lock");
    await Promise.all([old, held].map((path) => writeFile(path, "")));
    await utimes(old, 1, 1);
    await open("second").fetchBase(head, noToken);
    const names = await readdir(bare);
    expect(names).not.toContain("packed-refs.lock");
    expect(names).toContain("HEAD.lock");
  });
});
