import { Octokit } from "@octokit/rest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DevGitHub, type RepositoryHandle, startGitHub } from "../index.ts";

const MUTATION = `mutation ($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid url } }
}`;

let github: DevGitHub;
let repository: RepositoryHandle;
let head = "";
let token = "";
beforeAll(async () => {
  github = await startGitHub();
  github.createUser({ login: "ada" });
  repository = await github.createRepository({ owner: "ada", name: "x", files: { "a.txt": "a" } });
  head = (await repository.branches()).main ?? "";
  const app = github.createApp({ slug: "boxer", permissions: { contents: "write" } });
  token = github.createInstallationToken(github.installApp(app, { account: "ada" }));
});
afterAll(() => github.close());

const octokit = (auth = token) => new Octokit({ baseUrl: github.apiUrl, auth, log: SILENT });
const nothing = () => undefined;
const SILENT = { debug: nothing, info: nothing, warn: nothing, error: nothing };

const input = (more: object = {}) => ({
  branch: { repositoryNameWithOwner: "ada/x", branchName: "main" },
  expectedHeadOid: head,
  message: { headline: "Do it", body: "Because." },
  fileChanges: {
    additions: [{ path: "b.txt", contents: Buffer.from("b\n").toString("base64") }],
    deletions: [{ path: "a.txt" }],
  },
  ...more,
});

describe("createCommitOnBranch", () => {
  it.each([
    ["another head", { expectedHeadOid: "0".repeat(40) }, /Expected branch to point to/],
    [
      "no such branch",
      { branch: { repositoryNameWithOwner: "ada/x", branchName: "none" } },
      /No branch named/,
    ],
    [
      "no such repository",
      { branch: { repositoryNameWithOwner: "ada/y", branchName: "main" } },
      /Could not resolve/,
    ],
    [
      "a workflow",
      { fileChanges: { additions: [{ path: ".github/workflows/x.yml", contents: "" }] } },
      /workflows/,
    ],
  ])("refuses %s in its errors", async (_what, more, message) => {
    await expect(octokit().graphql(MUTATION, { input: input(more) })).rejects.toThrow(message);
    expect((await repository.branches()).main).toBe(head);
  });

  it("needs a token that may write, and one that is known", async () => {
    const app = github.createApp({ slug: "reader", permissions: { contents: "read" } });
    const reader = github.createInstallationToken(github.installApp(app, { account: "ada" }));
    await expect(octokit(reader).graphql(MUTATION, { input: input() })).rejects.toThrow(
      /accessible/,
    );
    await expect(octokit("ghs_x").graphql(MUTATION, { input: input() })).rejects.toMatchObject({
      status: 401,
    });
  });

  it("says of anything else that it is not served", async () => {
    await expect(octokit().graphql("query { viewer { login } }")).rejects.toThrow(/only/);
  });

  it("makes a commit of the App's, which is GitHub's and verified", async () => {
    const { createCommitOnBranch } = await octokit().graphql<{
      createCommitOnBranch: { commit: { oid: string } };
    }>(MUTATION, { input: input() });
    const [commit] = await repository.log("main");
    expect(commit).toMatchObject({
      ...{ sha: createCommitOnBranch.commit.oid, parents: [head] },
      message: expect.stringMatching(/^Do it\n\nBecause\./),
      author: { name: "boxer[bot]" },
    });
    expect(await repository.read("main", "b.txt")).toBe("b\n");
    expect(await repository.read("main", "a.txt")).toBeUndefined();
    const { data } = await octokit().rest.repos.getCommit({
      ...{ owner: "ada", repo: "x", ref: "main" },
    });
    expect(data.commit.verification?.verified).toBe(true);
  });
});
