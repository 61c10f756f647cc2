import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DevGitHub, type RepositoryHandle, startGitHub } from "../../../dev/github/index.ts";
import type { Box } from "../../../src/box/index.ts";
import { GitPullRequest } from "../../../src/box/wire.ts";
import { type TestEngine, testEngine } from "../../support/test-engine.ts";

let github: DevGitHub;
let host: TestEngine;
let token: string;
beforeAll(async () => {
  github = await startGitHub();
  token = github.createUser({ login: "owner" }).token;
  host = await testEngine({ allowedHosts: [new URL(github.url).host] });
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await github.close();
  expect(host.errors).toEqual([]);
});

let repositories = 0;
function repository(): Promise<RepositoryHandle> {
  const name = `site-${++repositories}`;
  return github.createRepository({
    owner: "owner",
    name,
    private: true,
    files: { "README.md": "# Site\n" },
  });
}

async function cloneOf(remote: RepositoryHandle, options = { token }): Promise<Box> {
  const box = await host.box({
    git: { ...options, userName: "Jane", userEmail: "jane@x.example" },
  });
  await box.git.clone({ repo: remote.cloneUrl });
  await box.cd(remote.fullName.split("/")[1] ?? "");
  return box;
}

async function commitOn(box: Box, branch: string): Promise<string> {
  await box.git.exec({ args: ["checkout", "-b", branch] });
  await box.files.write({ path: "change.txt", content: `${branch}\n` });
  return (await box.git.commit({ message: `feat: ${branch}` })).sha;
}

/** Over the API itself: what a client may send, and what it gets. */
async function post(box: Box, route: string, body: object): Promise<object> {
  const response = await host.request(`/${box.id}/git/${route}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ folder: box.cwd, ...body }),
  });
  const answer = (await response.json()) as object;
  if (!response.ok) throw { ...answer, status: response.status };
  return answer;
}

const push = (box: Box, body: object = {}) => post(box, "push", body);
const createPullRequest = async (box: Box, body: object) =>
  GitPullRequest.parse(await post(box, "create-pr", body));

describe("git/push", () => {
  it("pushes the branch that is checked out, which then tracks the remote's", async () => {
    const remote = await repository();
    const box = await cloneOf(remote);
    const sha = await commitOn(box, "feature/one");
    await push(box);
    expect((await remote.branches())["feature/one"]).toBe(sha);
    expect(await remote.read("feature/one", "change.txt")).toBe("feature/one\n");
    expect((await box.git.exec({ args: ["status", "--branch", "--porcelain"] })).output).toBe(
      "## feature/one...origin/feature/one\n",
    );
    await push(box);
  });

  it("pushes a branch that is not checked out, and a first commit to an empty repository", async () => {
    const remote = await github.createRepository({ owner: "owner", name: "empty" });
    const box = await host.box({ git: { token } });
    await box.exec.command("git init -q -b main new && cd new && echo a > a.txt");
    await box.cd("new");
    await box.git.exec({ args: ["remote", "add", "origin", remote.cloneUrl] });
    const { sha } = await box.git.commit({ message: "First" });
    await box.git.exec({ args: ["checkout", "-b", "other"] });
    await push(box, { branch: "main" });
    expect((await remote.branches()).main).toBe(sha);
  });

  it("pushes from a shallow clone, also when the remote has moved on", async () => {
    const remote = await repository();
    await remote.commit("main", { "second.txt": "2\n" });
    const box = await host.box({ git: { token } });
    await box.git.clone({ repo: remote.cloneUrl, depth: 1 });
    await box.cd(remote.fullName.split("/")[1] ?? "");
    expect((await box.git.exec({ args: ["rev-list", "--count", "HEAD"] })).output).toBe("1\n");
    await remote.commit("main", { "third.txt": "3\n" });
    const sha = await commitOn(box, "shallow");
    await push(box);
    expect((await remote.branches()).shallow).toBe(sha);
    expect(await remote.log("shallow")).toHaveLength(3);
    expect((await box.exec.command("ls -A /tmp")).result).not.toContain(".clone-");
  });

  it("never overwrites what others pushed, and says so in git's words", async () => {
    const remote = await repository();
    const box = await cloneOf(remote);
    await box.files.write({ path: "mine.txt", content: "mine\n" });
    await box.git.commit({ message: "Mine" });
    const theirs = await remote.commit("main", { "theirs.txt": "theirs\n" });
    await expect(push(box)).rejects.toMatchObject({
      status: 400,
      code: "push_failed",
      error: expect.stringMatching(/\[rejected\].*clone again/s),
    });
    expect((await remote.branches()).main).toBe(theirs);
  });

  it("refuses a branch that is not there, a name that is none, and a folder that is no clone", async () => {
    const box = await cloneOf(await repository());
    for (const branch of ["nowhere", "--mirror", "+main", "HEAD"]) {
      await expect(push(box, { branch })).rejects.toMatchObject({
        status: 400,
        error: expect.stringContaining(`src refspec ${branch} does not match any`),
      });
    }
    for (const branch of ["a:b", "../../x", "a b", "a\0b", "a\nb", ".lock"]) {
      await expect(push(box, { branch })).rejects.toMatchObject({
        status: 400,
        error: expect.stringMatching(/is no branch's name/),
      });
    }
    await expect(push(box, { folder: "/tmp" })).rejects.toMatchObject({
      status: 400,
      error: expect.stringMatching(/not a git repository/),
    });
  });

  it("asks for a token when the box has none, and when it may not write", async () => {
    const remote = await repository();
    const box = await host.box();
    await box.git.clone({ repo: remote.cloneUrl, token });
    const folder = remote.fullName.split("/")[1] ?? "";
    await expect(push(box, { folder: `${box.cwd}/${folder}` })).rejects.toMatchObject({
      status: 400,
      code: "no_github_token",
      error: expect.stringMatching(/create it with one/),
    });
    const reader = github.createUser({ login: "reader" });
    remote.setPermission("reader", "read");
    const reading = await cloneOf(remote, { token: reader.token });
    await commitOn(reading, "not-mine");
    await expect(push(reading)).rejects.toMatchObject({
      status: 400,
      error: expect.stringMatching(/may write to this repository/),
    });
    expect(await remote.branches()).not.toHaveProperty("not-mine");
  });
});

describe("git/create-pr", () => {
  it("opens a pull request from the branch that is checked out, once", async () => {
    const remote = await repository();
    const box = await cloneOf(remote);
    const sha = await commitOn(box, "feature/pr");
    await push(box);
    const opened = await createPullRequest(box, { title: "Add a change", body: "Words." });
    expect(opened).toMatchObject({ title: "Add a change", base: "main" });
    expect(await remote.pullRequest(opened.number)).toMatchObject({
      html_url: opened.url,
      body: "Words.",
      head: { ref: "feature/pr", sha },
      base: { ref: "main" },
    });
    await expect(createPullRequest(box, { title: "Again" })).rejects.toMatchObject({
      status: 400,
      error: expect.stringMatching(/422.*pull request already exists/s),
    });
    expect(remote.numbers()).toEqual([opened.number]);
  });

  it("takes another base, and refuses one that is not there", async () => {
    const remote = await repository();
    await remote.commit("next", { "next.txt": "next\n" });
    const box = await cloneOf(remote);
    await commitOn(box, "topic");
    await push(box);
    await expect(createPullRequest(box, { title: "T", base: "nowhere" })).rejects.toMatchObject({
      status: 400,
      error: expect.stringMatching(/422/),
    });
    expect(await createPullRequest(box, { title: "T", base: "next" })).toMatchObject({
      base: "next",
    });
  });

  it("says what is to be done before: another branch, commits, a push", async () => {
    const remote = await repository();
    const box = await cloneOf(remote);
    await expect(createPullRequest(box, { title: "T" })).rejects.toMatchObject({
      status: 400,
      code: "same_branch",
    });
    await box.git.exec({ args: ["checkout", "-b", "topic"] });
    await expect(createPullRequest(box, { title: "T" })).rejects.toMatchObject({
      status: 400,
      code: "not_pushed",
      error: expect.stringMatching(/git\.push/),
    });
    await push(box);
    await expect(createPullRequest(box, { title: "T" })).rejects.toMatchObject({
      status: 400,
      error: expect.stringMatching(/No commits between/),
    });
  });
});
