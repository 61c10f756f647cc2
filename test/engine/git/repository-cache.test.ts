import { readdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DevGitHub, type RepositoryHandle, startGitHub } from "../../../dev/github/index.ts";
import { RepositoryCache } from "../../../src/engine/git/repository-cache.ts";
import { repositoryUrl } from "../../../src/engine/git/repository-url.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const DAY_MS = 24 * 60 * 60_000;

let github: DevGitHub;
let repository: RepositoryHandle;
let token: string;
let hosts: Set<string>;
beforeAll(async () => {
  github = await startGitHub();
  token = github.createUser({ login: "owner" }).token;
  repository = await github.createRepository({
    owner: "owner",
    name: "site",
    files: { "README.md": "# site\n" },
  });
  hosts = new Set([new URL(github.url).host]);
});
afterAll(() => github.close());

async function age(folder: string, days: number): Promise<void> {
  const then = new Date(Date.now() - days * DAY_MS);
  for (const name of await readdir(folder)) await utimes(join(folder, name), then, then);
}

describe("the cache of repositories", () => {
  it("drops what nobody has used for two weeks, and keeps what was used since", async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, "repositories");
    const cache = new RepositoryCache(path, hosts);
    await cache.prune();
    const clone = () =>
      cache.fetch(
        repositoryUrl(repository.cloneUrl, hosts),
        { token, branch: undefined },
        async ({ branch, bundle }) => {
          for await (const _chunk of bundle ?? []);
          return branch;
        },
      );
    expect(await clone()).toBe("main");

    await age(path, 15);
    expect(await clone()).toBe("main");
    await cache.prune();
    expect(await readdir(path)).toHaveLength(1);

    await age(path, 13);
    await cache.prune();
    expect(await readdir(path)).toHaveLength(1);
    await age(path, 15);
    await cache.prune();
    expect(await readdir(path)).toEqual([]);
    expect(await clone()).toBe("main");
  });
});
