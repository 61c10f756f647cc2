import { Octokit } from "@octokit/rest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RepositoryHandle } from "../../dev/github/index.ts";
import type { GitHub } from "../../src/core/github.ts";
import { octokitGitHub } from "../../src/core/octokit-github.ts";
import type { Origin } from "../../src/core/request.ts";
import { type TestGitHub, testGitHub } from "../support/test-github.ts";

let host: TestGitHub;
let repository: RepositoryHandle;
let github: GitHub;
beforeAll(async () => {
  host = await testGitHub();
  repository = await host.repository();
  github = port(repository);
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  expect(host.github.contractViolations).toEqual([]);
});

function port(of: RepositoryHandle): GitHub {
  const [owner = "", name = ""] = of.fullName.split("/");
  const token = host.github.createActionsToken(of.fullName, {
    permissions: { contents: "write", issues: "write", pull_requests: "write" },
  });
  const htmlUrl = `${host.github.url}/${of.fullName}`;
  return octokitGitHub({
    octokit: new Octokit({ baseUrl: host.github.apiUrl, auth: token, log: SILENT }),
    repository: {
      owner,
      name,
      private: false,
      defaultBranch: "main",
      cloneUrl: of.cloneUrl,
      htmlUrl,
    },
    identity: async () => ({ login: "github-actions[bot]", id: 1, email: "x@example.com" }),
    readToken: async () => undefined,
    writeToken: async () => token,
  });
}

const nothing = () => undefined;
const SILENT = { debug: nothing, info: nothing, warn: nothing, error: nothing };

const issueComment = (id: number): Origin => ({ kind: "issue-comment", id, htmlUrl: "" });

describe("the GitHub port", () => {
  it("tells roles in GitHub's own words, and none for strangers and nobody", async () => {
    for (const role of ["maintain", "triage", "read"] as const) {
      host.github.createUser({ login: role });
      repository.setPermission(role, role);
    }
    expect(await github.permission(host.maintainer)).toBe("write");
    expect(await github.permission("maintain")).toBe("maintain");
    expect(await github.permission("triage")).toBe("triage");
    expect(await github.permission("read")).toBe("read");
    expect(await github.permission("nobody-of-this-name")).toBe("none");
  });

  it("reads a file of the default branch, and null for what is none", async () => {
    await repository.commit("main", { "folder/a.txt": "ü\n" }, { quiet: true });
    expect(await github.file("folder/a.txt")).toBe("ü\n");
    expect(await github.file("folder")).toBeNull();
    expect(await github.file(".github/box.yml")).toBeNull();
  });

  it("finds where a branch is, with slashes and signs in its name, and null for one that is not", async () => {
    const sha = await repository.commit("feature/ü#1", { "x.txt": "x" }, { quiet: true });
    expect(await github.branchHead("feature/ü#1")).toBe(sha);
    expect(await github.branchHead("feature")).toBeNull();
    expect(await github.branchHead("gone")).toBeNull();
  });

  it("knows whether a branch has a commit, also below others, and commits that nobody has pushed", async () => {
    const first = await repository.commit("deep/branch", { "1.txt": "1" }, { quiet: true });
    expect(await github.contains("deep/branch", first)).toBe(true);
    const second = await repository.commit("deep/branch", { "2.txt": "2" }, { quiet: true });
    expect(await github.contains("deep/branch", first)).toBe(true);
    expect(await github.contains("main", second)).toBe(false);
    expect(await github.contains("deep/branch", "0".repeat(40))).toBe(false);
    expect(await github.contains("gone", first)).toBe(false);
  });

  it("finds no branch in an empty repository", async () => {
    const empty = await host.repository({ files: undefined as never });
    expect(await port(empty).branchHead("main")).toBeNull();
  });

  it("makes a comment, finds it by its marker beyond the first page, and edits it", async () => {
    const { number } = await repository.createIssue({ author: host.maintainer, title: "Long" });
    const to = { thread: number, origin: issueComment(1) };
    const copied = { author: host.maintainer, body: "<!-- mark --> copied by somebody" };
    await repository.comment(number, copied);
    expect(await github.findReply(to, "<!-- mark -->")).toBeNull();
    for (let index = 0; index < 100; index++) {
      await repository.comment(number, { author: host.maintainer, body: `${index}` });
    }
    const made = await github.reply(to, "<!-- mark --> ours");
    expect(await github.findReply(to, "<!-- mark -->")).toEqual(made);
    await github.editReply({ kind: "issue-comment", id: made.id }, "edited");
    expect(repository.comments(number).at(-1)?.body).toBe("edited");
  });

  it("gives an edit up when it is told to", async () => {
    const { number } = await repository.createIssue({ author: host.maintainer, title: "Slow" });
    const made = await github.reply({ thread: number, origin: issueComment(1) }, "first");
    const edit = github.editReply({ kind: "issue-comment", id: made.id }, "x", AbortSignal.abort());
    await expect(edit).rejects.toThrow();
    expect(repository.comments(number).at(-1)?.body).toBe("first");
  });

  it("opens a pull request, and finds an open one by its branch", async () => {
    await repository.commit("mine", { "mine.txt": "x" }, { quiet: true });
    expect(await github.findPullRequest("mine")).toBeNull();
    const fields = { title: "Mine", body: "", head: "mine", base: "main", draft: false };
    const made = await github.createPullRequest(fields);
    expect(made).toMatchObject({
      state: "open",
      head: { ref: "mine", repository: repository.fullName },
    });
    expect(await github.findPullRequest("mine")).toEqual(made);
    repository.edit(made.number, { by: host.maintainer, state: "closed" });
    expect(await github.findPullRequest("mine")).toBeNull();
    expect((await github.pullRequest(made.number)).state).toBe("closed");
  });
});
