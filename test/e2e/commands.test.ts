import { afterAll, beforeAll, describe, it } from "vitest";
import { Box } from "../../src/box/index.ts";
import { type EndedJob, type TestApp, testApp } from "../support/test-app.ts";

const finding = (path: string, line: number, title: string, more: object = {}) => ({
  ...{ path, line, startLine: null, severity: "warning", title },
  ...{ body: "It **breaks** @acme/team <b>.", suggestion: null, ...more },
});
const FINDINGS = [
  finding("a.txt", 2, "Two is not enough", { severity: "error", suggestion: "three" }),
  finding("a.txt", 40, "Nobody sees this line"),
  finding("README.md", 1, "Not in the diff at all"),
];
/** Words of a scripted agent, as a JSON string's content. */
const said = (answer: object) => JSON.stringify(JSON.stringify(answer)).slice(1, -1);

let host: TestApp;
beforeAll(async () => {
  host = await testApp(
    {
      "Review: carefully": `finish '${said({ summary: "It counts.", findings: FINDINGS })}'`,
      "Review: again": `finish '${said({
        summary: "It counts.",
        findings: [{ ...FINDINGS[0], title: "In other words, two" }, FINDINGS[2]],
      })}'`,
      "Review: nothing": `finish '${said({ summary: "Sound.", findings: [] })}'`,
      "Plan: a cache": "printf 'scratch' > scratch.txt; finish '1. Make a map.'",
      "Plan: everything": `finish "$(head -c 40000 /dev/zero | tr '\\0' x)"`,
      "Carry out this plan": `printf '%s' "$prompt" > done.txt`,
      "begin it": "touch node_modules; printf 'v1' > work.txt; finish 'I have begun.'",
      "and finish it": `printf '%s' "$prompt" > prompt.txt; [ -e node_modules ] && printf 'v2' > work.txt`,
    },
    { keepBoxHours: 1 },
  );
});
afterAll(() => host[Symbol.asyncDispose]());

const files = { "README.md": "# Site\n", ".gitignore": "node_modules\n" };

async function place(config = "") {
  const repository = await host.repository({ files: { ...files, ".github/box.yml": config } });
  const number = await host.pullRequest(repository, { files: { "a.txt": "one\ntwo\n" } });
  return { repository, number };
}

const isThere = async ({ state }: EndedJob) => {
  const boxes = await Box.list(host.served.boxService);
  return boxes.some(({ id }) => id === state.boxId);
};

describe.concurrent("/box review", () => {
  it("says what was found on its lines, once, in one review that asks nobody", async ({
    expect,
  }) => {
    const { repository, number } = await place();
    const before = await repository.branches();
    const { state, comment } = await host.ask(repository, number, "/box review carefully");
    expect(state.outcome).toEqual({ status: "succeeded" });
    expect(comment).toContain("Reviewed: 3 findings");
    const ours = repository.reviewComments(number);
    expect(ours).toHaveLength(1);
    expect(ours[0]).toMatchObject({ path: "a.txt", line: 2, user: { login: "box-action[bot]" } });
    const body = String(ours[0]?.body);
    expect(body).toContain("🔴 **Two is not enough**");
    expect(body).toContain("It **breaks** @&#8203;acme/team &lt;b&gt;.");
    expect(body).toContain("```suggestion\nthree\n```");
    expect(await repository.branches()).toEqual(before);

    const again = await host.ask(repository, number, "/box review again");
    // The one on the same line, and the one outside of the diff.
    expect(again.comment).toContain("all said before");
    expect(repository.reviewComments(number)).toHaveLength(1);
    expect(host.writes(repository).filter((write) => write.endsWith("/reviews"))).toHaveLength(1);
  });

  it("shows its findings in the check run too", async ({ expect }) => {
    const { repository, number } = await place();
    await host.ask(repository, number, "/box review carefully");
    const [check] = repository.checkRuns();
    expect(check).toMatchObject({ name: "box", status: "completed", conclusion: "failure" });
    expect(check?.annotations).toHaveLength(3);
    expect(check?.annotations[0]).toMatchObject({ path: "a.txt", annotation_level: "failure" });
  });

  it("that finds nothing writes no review", async ({ expect }) => {
    const { repository, number } = await place();
    const { comment } = await host.ask(repository, number, "/box review nothing");
    expect(comment).toContain("Reviewed, and nothing found");
    expect(host.writes(repository).filter((write) => write.endsWith("/reviews"))).toEqual([]);
  });

  it("has nothing to do in an issue", async ({ expect }) => {
    const { repository } = await place();
    const { number } = await repository.createIssue({ author: host.maintainer, title: "x" });
    expect(await host.answerTo(repository, number, "/box review")).toContain(
      "no changes to review",
    );
  });
});

describe.concurrent("/box plan", () => {
  it("changes nothing, and is carried out when it is approved", async ({ expect }) => {
    const { repository, number } = await place();
    const before = await repository.branches();
    const planned = await host.ask(repository, number, "/box plan a cache");
    expect(planned.comment).toContain("```\n1. Make a map.\n```");
    const [, id = ""] = /`\/box approve ([0-9a-f]{7})`/.exec(planned.comment) ?? [];
    expect(id).not.toBe("");
    expect(await repository.branches()).toEqual(before);

    expect(await host.answerTo(repository, number, "/box approve 0000000")).toContain(id);
    const { state } = await host.ask(repository, number, `/box approve ${id}`);
    expect(state.outcome).toEqual({ status: "succeeded" });
    const told = await repository.read("change", "done.txt");
    expect(told).toMatch(/^Carry out this plan.*for: a cache\n\n1\. Make a map\./);
    expect(await repository.read("change", "scratch.txt")).toBeUndefined();
  });

  it("that could not be shown whole is none", async ({ expect }) => {
    const { repository, number } = await place();
    const { state } = await host.ask(repository, number, "/box plan everything");
    expect(state.outcome).toMatchObject({ status: "failed", failure: { code: "no-plan" } });
  });

  it("is good for the commit that it was made on, and no other", async ({ expect }) => {
    const { repository, number } = await place();
    await host.ask(repository, number, "/box plan a cache");
    await repository.commit("change", { "b.txt": "b\n" });
    expect(await host.answerTo(repository, number, "/box approve")).toContain(
      "The plan was made for",
    );
  });

  it("of an issue is carried out on its own commit, though others have gone on", async ({
    expect,
  }) => {
    const { repository } = await place();
    const { number } = await repository.createIssue({ author: host.maintainer, title: "x" });
    const { job } = await host.ask(repository, number, "/box plan a cache");
    await repository.commit("main", { "b.txt": "b\n" });
    const { state, job: done } = await host.ask(repository, number, "/box approve");
    expect(state.outcome).toEqual({ status: "succeeded" });
    expect(done.target.sha).toBe(job.target.sha);
  });

  it("may be left to those whom the repository names", async ({ expect }) => {
    const { repository, number } = await place("permission: { approve: admin }\n");
    await host.ask(repository, number, "/box plan a cache");
    expect(await host.answerTo(repository, number, "/box approve")).toContain(
      "those who may admin",
    );
  });

  it("is not there: approve says so", async ({ expect }) => {
    const { repository, number } = await place();
    expect(await host.answerTo(repository, number, "/box approve")).toContain(
      "nothing in this thread",
    );
  });
});

describe.concurrent("/box continue", () => {
  it("goes on in the same box, at the head of now, with what git ignores", async ({ expect }) => {
    const { repository, number } = await place();
    const first = await host.ask(repository, number, "/box begin it");
    expect(first.comment).toContain("`/box continue`");
    expect(await isThere(first)).toBe(true);
    await repository.commit("change", { "theirs.txt": "theirs\n" });
    const second = await host.ask(repository, number, "/box continue and finish it");
    expect(second.state.boxId).toBe(first.state.boxId);
    expect(second.state.outcome).toEqual({ status: "succeeded" });
    expect(await repository.read("change", "work.txt")).toBe("v2");
    expect(await repository.read("change", "theirs.txt")).toBe("theirs\n");
    // Whether an agent of the operator's own remembers, nobody knows: it is told.
    expect(await repository.read("change", "prompt.txt")).toContain("I have begun.");
  });

  it("goes on in the pull request that an issue's job has opened", async ({ expect }) => {
    const { repository } = await place();
    const { number } = await repository.createIssue({ author: host.maintainer, title: "x" });
    const first = await host.ask(repository, number, "/box begin it");
    const second = await host.ask(repository, number, "/box continue and finish it");
    expect(second.state.published).toMatchObject({
      branch: first.state.published?.branch,
      pullRequest: { number: first.state.published?.pullRequest?.number, created: false },
    });
    const third = first.state.published?.pullRequest?.number ?? 0;
    const { state } = await host.ask(repository, third, "/box continue and finish it");
    expect(state.boxId).toBe(first.state.boxId);
  });

  it("begins in a new box, with what was said, where the old one is gone", async ({ expect }) => {
    const { repository, number } = await place();
    const first = await host.ask(repository, number, "/box begin it");
    await Box.delete([first.state.boxId ?? ""], host.served.boxService);
    const { state } = await host.ask(repository, number, "/box continue and finish it");
    expect(state.outcome).toEqual({ status: "succeeded" });
    expect(state.boxId).not.toBe(first.state.boxId);
    const told = await repository.read("change", "prompt.txt");
    expect(told).toContain('<earlier asked="/box begin it">\nI have begun.');
  });

  it("keeps one box for a thread: the last", async ({ expect }) => {
    const { repository, number } = await place();
    const first = await host.ask(repository, number, "/box begin it");
    const second = await host.ask(repository, number, "/box begin it again");
    expect([await isThere(first), await isThere(second)]).toEqual([true, true]);
    const third = await host.ask(repository, number, "/box run true");
    const { state } = await host.ask(repository, number, "/box continue and finish it");
    expect(state.boxId).toBe(second.state.boxId);
    expect(await isThere(third)).toBe(false);
  });

  it("has nothing left when the pull request is closed", async ({ expect }) => {
    const { repository, number } = await place();
    const first = await host.ask(repository, number, "/box begin it");
    repository.edit(number, { by: host.maintainer, state: "closed" });
    await expect.poll(() => isThere(first), { timeout: 20_000 }).toBe(false);
  });
});
