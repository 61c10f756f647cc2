import { afterAll, beforeAll, describe, it } from "vitest";
import { type TestApp, testApp } from "../support/test-app.ts";

let host: TestApp;
beforeAll(async () => {
  host = await testApp({
    "Fix the sum": "printf 'right' > sum.txt",
    "Plan: the sum": "finish 'Put 2 there.'",
    "Carry out this plan": "printf '2' > sum.txt",
    "what is in": "finish 'It says theirs.'",
    Review: `finish '{\\"summary\\":\\"Sound.\\",\\"findings\\":[]}'`,
  });
});
afterAll(() => host[Symbol.asyncDispose]());

let forkers = 0;

/** A pull request of somebody else, from a fork that has another name. */
async function place(config = "") {
  const repository = await host.repository({
    files: { "README.md": "# Site\n", ".github/box.yml": config },
  });
  const owner = `forker-${++forkers}`;
  host.github.createUser({ login: owner });
  const fork = await host.github.createFork(repository.fullName, { owner });
  const sha = await fork.commit("theirs", { "x.txt": "theirs\n" }, { author: owner });
  const { number } = await repository.createPullRequest({
    author: owner,
    title: "From a fork",
    head: `${owner}:theirs`,
    base: "main",
  });
  return { repository, number, fork, sha, owner };
}

describe.concurrent("a pull request from a fork", () => {
  it("is asked about and reviewed at once: nothing is written", async ({ expect }) => {
    const { repository, number } = await place();
    const asked = await host.ask(repository, number, "/box ask what is in x.txt");
    expect(asked.comment).toContain("It says theirs.");
    const reviewed = await host.ask(repository, number, "/box review");
    expect(reviewed.comment).toContain("Reviewed, and nothing found");
    expect(Object.keys(await repository.branches())).toEqual(["main"]);
  });

  it("is worked on when its commit was approved, in a branch and a pull request of the repository", async ({
    expect,
  }) => {
    const { repository, number, fork, sha } = await place();
    const before = await fork.branches();
    const short = sha.slice(0, 7);
    const answer = await host.answerTo(repository, number, "/box fix the sum");
    expect(answer).toContain(`/box approve ${short}`);
    expect(await host.answerTo(repository, number, "/box approve")).toContain(`approve ${short}`);
    expect(await host.answerTo(repository, number, "/box approve 1234567")).toContain(short);

    const { state, job, comment } = await host.ask(repository, number, `/box approve ${short}`);
    expect(state.outcome).toEqual({ status: "succeeded" });
    expect(job.request.command).toEqual({ verb: "fix", what: "the sum" });
    const branch = `box/pr-${number}-${job.id}`;
    const opened = state.published?.pullRequest?.number ?? 0;
    expect(comment).toContain(`Opened [pull request ${opened}]`);
    expect(await repository.pullRequest(opened)).toMatchObject({
      base: { ref: "main" },
      head: { ref: branch },
      body: expect.stringContaining(`#${number}, which comes from a fork`),
    });
    const [ours, below] = await repository.log(branch);
    expect(ours?.sha).toBe(state.published?.sha);
    expect(below?.sha).toBe(sha);
    expect(await fork.branches()).toEqual(before);
  });

  it("whose plan is approved by its name is worked on; without the name its commit is asked for", async ({
    expect,
  }) => {
    const { repository, number, sha } = await place();
    const planned = await host.ask(repository, number, "/box plan the sum");
    expect(await host.answerTo(repository, number, "/box approve")).toContain(sha.slice(0, 7));
    const [, id = ""] = /`\/box approve ([0-9a-f]{7})`/.exec(planned.comment) ?? [];
    const { state } = await host.ask(repository, number, `/box approve ${id}`);
    expect(state.outcome).toEqual({ status: "succeeded" });
    expect(state.published?.branch).toMatch(/^box\/pr-/);
  });

  it("that was pushed to after the approval was asked for needs a new one", async ({ expect }) => {
    const { repository, number, fork, sha, owner } = await place();
    await host.answerTo(repository, number, "/box fix the sum");
    const next = await fork.commit("theirs", { "y.txt": "worse\n" }, { author: owner });
    await host.github.settled();
    const answer = await host.answerTo(repository, number, `/box approve ${sha.slice(0, 7)}`);
    expect(answer).toContain(`/box approve ${next.slice(0, 7)}`);
    expect(Object.keys(await repository.branches())).toEqual(["main"]);
  });

  it("leaves nothing that a later job begins with", async ({ expect }) => {
    const { repository, number, sha } = await place("setup: touch poison\n");
    await host.answerTo(repository, number, "/box fix the sum");
    await host.ask(repository, number, `/box approve ${sha.slice(0, 7)}`);
    const mine = await host.pullRequest(repository);
    const { state, events } = await host.ask(repository, mine, "/box fix the sum");
    expect(state.outcome).toEqual({ status: "succeeded" });
    // It was set up anew, and that is what the next one begins with.
    expect(events.some(({ type }) => type === "snapshot-used")).toBe(false);
    // What setup made is there, also what git does not know.
    const next = await host.ask(repository, mine, "/box run test -e poison && echo x > x.txt");
    expect(next.state.outcome).toEqual({ status: "succeeded" });
    expect(next.events.some(({ type }) => type === "snapshot-used")).toBe(true);
  });
});
