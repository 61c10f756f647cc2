import { afterAll, beforeAll, describe, it } from "vitest";
import type { RepositoryHandle } from "../../dev/github/index.ts";
import { runGit } from "../../src/host/run-git.ts";
import { applyPatch, patchIn } from "../support/git-apply.ts";
import { type TestApp, testApp } from "../support/test-app.ts";

let host: TestApp;
beforeAll(async () => {
  host = await testApp(
    {
      "Fix the sum": "printf 'wrong\\n' > sum.txt",
      // The answer to tests that fail: the agent is told what they said.
      "The tests fail": `case "$prompt" in *"the sum is wrong"*) printf 'right\\n' > sum.txt;; esac
        [ -e litter ] && printf 'wrong\\n' > sum.txt`,
      "Fix nothing": "true",
      "protect me": `mkdir -p .github/workflows infra; printf 'on: push\\n' > .github/workflows/x.yml
        printf 'a\\n' > infra/a.tf; printf 'b\\n' > src.txt; git mv README.md CLAUDE.md`,
      "touch only": "printf 'x\\n' > AGENTS.md",
      "where is": "printf 'scratch\\n' > scratch.txt; finish 'It is in README.md, line 1.'",
      "with instructions": `case "$prompt" in *"Write in iambs."*) printf 'yes\\n' > heard.txt;; esac`,
    },
    { forbiddenOptions: ["size"] },
  );
});
afterAll(() => host[Symbol.asyncDispose]());

const known = new Set<string>();

/** A repository with this configuration, and a pull request in it. */
async function configured(config: string, files: Record<string, string> = {}) {
  const repository = await host.repository({
    files: { "README.md": "# Site\n", ".github/box.yml": config, ...files },
  });
  return { repository, number: await host.pullRequest(repository) };
}

const read = (repository: RepositoryHandle, path: string): Promise<string | null> =>
  runGit(["show", `change:${path}`], { cwd: repository.folder }).then(String, () => null);

describe.concurrent("the repository's own settings", () => {
  it("make the clone ready, and its tests are run, whose failure goes back to the agent", async ({
    expect,
  }) => {
    const verify =
      "touch litter; test -e ready && grep -q right sum.txt || { echo the sum is wrong; exit 4; }";
    const { repository, number } = await configured(
      `setup: touch ready\nverify: ${JSON.stringify(verify)}\n`,
      { ".gitignore": "ready\n" },
    );
    const { state, comment, events } = await host.ask(repository, number, "/box fix the sum");
    expect(state.outcome).toEqual({ status: "succeeded" });
    expect(state.verdict).toMatchObject({ kind: "passed", command: verify });
    expect(events.filter(({ type }) => type === "repair-started")).toHaveLength(1);
    expect(comment).toContain("Done, and the tests pass");
    expect(comment).toContain("after 1 more attempt of the agent");
    expect(await read(repository, "sum.txt")).toBe("right\n");
    // What tests leave behind is no work.
    expect(await read(repository, "litter")).toBeNull();
    expect(state.usage.costUsd).toBeCloseTo(0.04);
  });

  it("bound how often, and a job whose tests stay red never says done", async ({ expect }) => {
    const { repository, number } = await configured("verify: 'false'\nattempts: 1\n");
    const { state, comment, events } = await host.ask(repository, number, "/box fix the sum");
    expect(events.filter(({ type }) => type === "verdict")).toHaveLength(2);
    expect(state.verdict).toMatchObject({ kind: "failed", exitCode: 1 });
    expect(comment).toContain("Changes were pushed, but the tests fail");
  });

  it("leave the tests out where the command says so", async ({ expect }) => {
    const { repository, number } = await configured("verify: 'false'\n");
    const { state } = await host.ask(repository, number, "/box fix the sum --no-verify");
    expect(state.verdict).toEqual({ kind: "none", because: "they were left out" });
  });

  it("whose setup fails end the job with what it said", async ({ expect }) => {
    const { repository, number } = await configured("setup: [echo no network; exit 7]\n");
    const { state, comment } = await host.ask(repository, number, "/box fix the sum");
    expect(state.outcome).toMatchObject({ status: "failed", failure: { code: "setup-failed" } });
    expect(comment).toMatch(/ended with exit code 7: no network/);
  });

  it("are told where they are wrong, and nothing is begun", async ({ expect }) => {
    const { repository, number } = await configured("verfy: npm test\n");
    expect(await host.answerTo(repository, number, "/box fix it")).toMatch(
      /box\.yml, line 1: .*verfy/,
    );
  });

  it("reach the agent, as its maintainers have written them", async ({ expect }) => {
    const { repository, number } = await configured("instructions: Write in iambs.\n");
    await host.ask(repository, number, "/box do it with instructions");
    expect(await read(repository, "heard.txt")).toBe("yes\n");
  });
});

describe.concurrent("pull requests and commits", () => {
  it("are named, written and handed out as the repository wants", async ({ expect }) => {
    const { repository } = await configured(
      "branch: bots/{requester}/{title}-{id}\nreviewers: [rita]\ncommit: { style: conventional, coAuthor: false }\n",
    );
    if (!known.has("rita")) known.add(host.github.createUser({ login: "rita" }).login);
    repository.setPermission("rita", "write");
    const title = "The sum's wrong!";
    const { number } = await repository.createIssue({ author: host.maintainer, title });
    const { state, job } = await host.ask(repository, number, "/box fix the sum");
    expect(job.target.branch).toBe(`bots/maya/the-sum-s-wrong-${job.id}`);
    const opened = await repository.pullRequest(state.published?.pullRequest?.number ?? 0);
    expect(opened).toMatchObject({
      title: "fix: Did Fix the sum",
      requested_reviewers: [{ login: "rita" }],
    });
    const [commit] = await repository.log(job.target.branch, 1);
    expect(commit?.message).toMatch(/^fix: Did Fix the sum\n/);
    expect(commit?.message).not.toContain("Co-authored-by");
  });

  it("are there also when a reviewer may not be asked, and the comment says so", async ({
    expect,
  }) => {
    const { repository } = await configured("reviewers: [nobody-here]\n");
    const { number } = await repository.createIssue({ author: host.maintainer, title: "x" });
    const { state, comment } = await host.ask(repository, number, "/box fix the sum");
    expect(state.outcome).toEqual({ status: "succeeded" });
    expect(comment).toContain("The reviewers could not be asked");
  });
});

describe.concurrent("a budget for the day", () => {
  it("lets nothing begin when it is used up", async ({ expect }) => {
    const { repository, number } = await configured("budget: { day: 0.03 }\n");
    const first = await host.ask(repository, number, "/box fix the sum --no-verify");
    expect(first.state.usage.costUsd).toBeCloseTo(0.02);
    await host.ask(repository, number, "/box fix the sum --no-verify");
    expect(await host.answerTo(repository, number, "/box fix the sum")).toContain(
      "used its budget for today",
    );
  });
});

describe.concurrent("protected paths", () => {
  it("are not pushed, but shown as a patch that applies; the rest is pushed", async ({
    expect,
  }) => {
    const { repository, number } = await configured("protected: ['infra/**']\n");
    const { state, comment, job } = await host.ask(repository, number, "/box protect me");
    expect(state.outcome).toEqual({ status: "succeeded" });
    expect(state.commit?.files.map(({ path }) => path)).toEqual(["README.md", "src.txt"]);
    expect(await read(repository, "src.txt")).toBe("b\n");
    expect(await read(repository, ".github/workflows/x.yml")).toBeNull();
    expect(comment).toMatch(/Not pushed.*CLAUDE\.md/);
    expect(state.heldBack.sort()).toEqual([".github/workflows/x.yml", "CLAUDE.md", "infra/a.tf"]);
    const status = await applyPatch(repository, job.target.sha, patchIn(comment));
    expect(status).toContain("infra/a.tf");
    expect(status).not.toContain("src.txt");
  });

  it("alone are nothing to push, and the work is kept", async ({ expect }) => {
    const { repository, number } = await configured("");
    const { state, comment } = await host.ask(repository, number, "/box touch only");
    expect(state.outcome).toMatchObject({ status: "failed", failure: { code: "protected-path" } });
    expect(patchIn(comment)).toContain("AGENTS.md");
  });
});

describe.concurrent("commands", () => {
  it("ask is answered in the comment, and nothing is changed", async ({ expect }) => {
    const { repository, number } = await configured("");
    const before = (await repository.branches()).change;
    const { state, comment } = await host.ask(repository, number, "/box ask where is the title?");
    expect(state.outcome).toEqual({ status: "succeeded" });
    expect(comment).toContain("💬 Answered");
    expect(comment).toContain("It is in README.md, line 1.");
    expect((await repository.branches()).change).toBe(before);
  });

  it("retry asks again what has failed, at the head of now, and status tells of it", async ({
    expect,
  }) => {
    const { repository, number } = await configured("setup: test -e ready\n");
    const first = await host.ask(repository, number, "/box fix the sum");
    expect(first.state.outcome?.status).toBe("failed");
    const head = await repository.commit("change", { ready: "" }, { quiet: true });
    const again = await host.ask(repository, number, "/box retry");
    expect(again.state.outcome).toEqual({ status: "succeeded" });
    expect(again.job.request.command).toEqual(first.job.request.command);
    expect(again.job.target.sha).toBe(head);
    expect(again.comment).toContain("/box fix the sum");
    const say = (body: string) => host.answerTo(repository, number, body);
    expect(await say("/box retry")).toMatch(/Nothing in this thread has failed/);
    expect(await say("/box status")).toMatch(
      /`\/box fix the sum` ended: succeeded after .* · \$0\.0\d · \[comment\]/,
    );
    expect(await say("/box fix it --size large")).toMatch(/does not allow the option for the size/);
  });

  it("open a draft against the branch that they name", async ({ expect }) => {
    const { repository } = await configured("");
    await repository.commit("release/1.x", { "old.txt": "old\n" }, { quiet: true });
    const { number } = await repository.createIssue({ author: host.maintainer, title: "Do it" });
    const { state } = await host.ask(
      repository,
      number,
      "/box fix the sum --base release/1.x --draft",
    );
    const opened = state.published?.pullRequest?.number ?? 0;
    expect(await repository.pullRequest(opened)).toMatchObject({
      draft: true,
      base: { ref: "release/1.x" },
    });
  });
});
