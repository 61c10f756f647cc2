import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Permissions, startGitHub } from "../index.ts";
import { gitClient, withToken } from "./git-client.ts";

async function setUp(options: { private?: boolean; permissions?: Permissions } = {}) {
  const github = await startGitHub();
  const client = await gitClient();
  const owner = github.createUser({ login: "ada" });
  const repository = await github.createRepository({
    owner: "ada",
    name: "engine",
    private: options.private ?? true,
    files: {
      "README.md": "# Engine\n",
      "run.sh": { content: "#!/bin/sh\n", mode: "100755" },
      ".github/workflows/ci.yml": "on: push\n",
    },
  });
  const permissions = options.permissions ?? { contents: "write" };
  const app = github.createApp({ slug: "boxer", permissions });
  const installation = github.installApp(app, { account: "ada" });
  const token = github.createInstallationToken(installation);
  return {
    github,
    client,
    owner,
    repository,
    token,
    url: withToken(repository.cloneUrl, token),
    async [Symbol.asyncDispose]() {
      await github.close();
      await client[Symbol.asyncDispose]();
    },
  };
}

test("a clone has the files, their modes and the default branch", async () => {
  await using at = await setUp();
  await at.client.git("clone", "-q", at.url, "work");
  const git = at.client.in("work");
  expect(await git("branch", "--show-current")).toBe("main");
  expect(await git("ls-files", "-s", "run.sh")).toMatch(/^100755 /);
  expect(await readFile(join(at.client.folder, "work/README.md"), "utf8")).toBe("# Engine\n");
});

test("a push of 3 MB arrives whole, although git sends it chunked", async () => {
  await using at = await setUp();
  await at.client.git("clone", "-q", at.url, "work");
  const git = at.client.in("work");
  const big = randomBytes(3_000_000).toString("base64");
  await writeFile(join(at.client.folder, "work/big.txt"), big);
  await git("add", "big.txt");
  await git("commit", "-qm", "Big");
  await git("push", "-q", "origin", "HEAD:refs/heads/big");
  expect(await at.repository.read("big", "big.txt")).toBe(big);
});

test("a shallow clone has one commit and can be made whole", async () => {
  await using at = await setUp();
  await at.repository.commit("main", { a: "1\n" });
  await at.repository.commit("main", { a: "2\n" });
  await at.client.git("clone", "-q", "--depth", "1", at.url, "work");
  const git = at.client.in("work");
  expect(await git("rev-list", "--count", "HEAD")).toBe("1");
  await git("fetch", "-q", "--unshallow");
  expect(await git("rev-list", "--count", "HEAD")).toBe("3");
});

test("any commit can be fetched by its sha, and a pull request's head by its ref", async () => {
  await using at = await setUp();
  const sha = await at.repository.commit("fix", { a: "1\n" });
  await at.repository.createPullRequest({ author: "ada", title: "A", head: "fix", base: "main" });
  await at.client.git("init", "-q", "work");
  const git = at.client.in("work");
  await git("fetch", "-q", "--depth", "1", at.url, sha);
  expect(await git("rev-parse", "FETCH_HEAD")).toBe(sha);
  await git("fetch", "-q", at.url, "refs/pull/1/head");
  expect(await git("rev-parse", "FETCH_HEAD")).toBe(sha);
  await expect(git("push", at.url, `${sha}:refs/pull/1/head`)).rejects.toThrow(/hidden ref/);
});

test("the token may come as a header that only the environment holds", async () => {
  await using at = await setUp();
  const basic = Buffer.from(`x-access-token:${at.token}`).toString("base64");
  const git = at.client.with({
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: `http.${at.github.url}/.extraHeader`,
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
  });
  await git("clone", "-q", at.repository.cloneUrl, "work");
  expect(await readFile(join(at.client.folder, "work/.git/config"), "utf8")).not.toContain(basic);
});

test("a wrong token, an outsider and nobody are each refused as GitHub refuses them", async () => {
  await using at = await setUp();
  const outsider = at.github.createUser({ login: "mallory" });
  const url = at.repository.cloneUrl;
  const clone = (from: string) => at.client.git("clone", "-q", from, "work");
  await expect(clone(withToken(url, "wrong"))).rejects.toThrow(/Authentication failed/);
  await expect(clone(withToken(url, outsider.token))).rejects.toThrow(/not found/);
  await expect(clone(url)).rejects.toThrow(/could not read Username/);
  const bare = await fetch(`${url}/info/refs?service=git-upload-pack`);
  expect(bare.status).toBe(401);
  expect(bare.headers.get("www-authenticate")).toBe('Basic realm="GitHub"');
});

test("a public repository is read without a token and not written without one", async () => {
  await using at = await setUp({ private: false });
  await at.client.git("clone", "-q", at.repository.cloneUrl, "work");
  const git = at.client.in("work");
  await expect(git("push", "origin", "HEAD:refs/heads/x")).rejects.toThrow(/could not read User/);
  expect(await at.repository.branches()).not.toHaveProperty("x");
});

test("a token that may only read cannot push", async () => {
  await using at = await setUp({ permissions: { contents: "read" } });
  await at.client.git("clone", "-q", at.url, "work");
  await expect(at.client.in("work")("push", "origin", "HEAD:refs/heads/x")).rejects.toThrow(
    /403|denied to boxer/,
  );
});

test("a token for one repository does not open another", async () => {
  await using at = await setUp();
  const other = await at.github.createRepository({
    owner: "ada",
    name: "other",
    private: true,
    files: { a: "1" },
  });
  const installation = at.github.installApp(
    at.github.createApp({ slug: "narrow", permissions: { contents: "write" } }),
    { account: "ada" },
  );
  const token = at.github.createInstallationToken(installation, { repositories: ["ada/engine"] });
  await expect(
    at.client.git("clone", "-q", withToken(other.cloneUrl, token), "work"),
  ).rejects.toThrow(/not found/);
});

test("without the workflows permission no workflow file can be pushed", async () => {
  await using at = await setUp();
  await at.client.git("clone", "-q", at.url, "work");
  const git = at.client.in("work");
  const workflow = join(at.client.folder, "work/.github/workflows/ci.yml");
  await mkdir(join(at.client.folder, "work/src"));
  await writeFile(join(at.client.folder, "work/src/a.js"), "1\n");
  await git("add", ".");
  await git("commit", "-qm", "Harmless");
  await git("push", "-q", "origin", "HEAD:refs/heads/harmless");
  await writeFile(workflow, "on: workflow_dispatch\n");
  await git("commit", "-qam", "Change the workflow");
  await expect(git("push", "origin", "HEAD:refs/heads/x")).rejects.toThrow(
    /refusing to allow a GitHub App to create or update workflow `.github\/workflows\/ci.yml` without `workflows` permission/,
  );
  expect(await at.repository.branches()).not.toHaveProperty("x");
  await git("push", "-q", withToken(at.repository.cloneUrl, at.owner.token), "HEAD:refs/heads/x");
  expect(await at.repository.branches()).toHaveProperty("x");
});

test("a push that is no fast-forward needs force", async () => {
  await using at = await setUp();
  await at.client.git("clone", "-q", at.url, "work");
  await at.repository.commit("main", { other: "1\n" });
  const git = at.client.in("work");
  await git("commit", "-q", "--allow-empty", "-m", "Mine");
  await expect(git("push", "origin", "main")).rejects.toThrow(/rejected/);
  await git("push", "-q", "--force", "origin", "main");
  expect((await at.repository.log()).map((one) => one.message)).toEqual(["Mine", "Initial commit"]);
});

test("a fork's pull request follows the fork's branch, and its commits are in the base", async () => {
  await using at = await setUp({ private: false });
  const grace = at.github.createUser({ login: "grace" });
  const fork = await at.github.createFork("ada/engine", { owner: "grace" });
  await fork.commit("fix", { a: "1\n" }, { author: "grace" });
  const { number } = await at.repository.createPullRequest({
    author: "grace",
    title: "From a fork",
    head: "grace:fix",
    base: "main",
  });
  await at.client.git("clone", "-q", "-b", "fix", withToken(fork.cloneUrl, grace.token), "work");
  const git = at.client.in("work");
  await git("commit", "-q", "--allow-empty", "-m", "More");
  await git("push", "-q", "origin", "fix");
  const sha = await git("rev-parse", "HEAD");
  const pull = await at.repository.pullRequest(number);
  expect(pull).toMatchObject({ commits: 2, head: { sha, label: "grace:fix" } });
  await git("fetch", "-q", at.url, sha);
  await git("push", "-q", "origin", "--delete", "fix");
  expect(await at.repository.pullRequest(number)).toMatchObject({ state: "closed" });
});

test("a failure can be injected into git too", async () => {
  await using at = await setUp();
  at.github.failNext({ method: "GET", path: /info\/refs/, status: 503 });
  await expect(at.client.git("clone", at.url, "work")).rejects.toThrow(/503/);
  await at.client.git("clone", "-q", at.url, "work");
});
