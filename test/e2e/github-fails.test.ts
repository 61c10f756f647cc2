import { afterAll, beforeAll, describe, it } from "vitest";
import type { RepositoryHandle } from "../../dev/github/index.ts";
import { type TestApp, testApp } from "../support/test-app.ts";

const POLL = { timeout: 60_000, interval: 50 };

let host: TestApp;
beforeAll(async () => {
  host = await testApp({ "do it": "printf 'done' > work.txt; finish 'Done it.'" });
});
afterAll(() => host[Symbol.asyncDispose]());

/** Every kind of request that an issue's job makes. */
const REQUESTS: ReadonlyArray<readonly [method: string, path: string]> = [
  ["GET", "collaborators/maya/permission$"],
  ["GET", "contents/.*box\\.yml$"],
  ["GET", "git/ref/heads"],
  ["GET", "issues/\\d+/comments$"],
  ["POST", "issues/\\d+/comments$"],
  ["POST", "reactions$"],
  ["PATCH", "issues/comments/\\d+$"],
  ["POST", "pulls$"],
  ["POST", "check-runs$"],
];

const LIMIT = { message: "You have exceeded a secondary rate limit. Please wait a few minutes." };
const FAILURES = [
  ["500", { status: 500 }],
  ["502", { status: 502 }],
  [
    "a secondary rate limit with retry-after",
    { status: 403, headers: { "retry-after": "1" }, body: LIMIT },
  ],
  ["429 with retry-after", { status: 429, headers: { "retry-after": "1" }, body: LIMIT }],
  ["401, the token is not known any more", { status: 401, body: { message: "Bad credentials" } }],
] as const;

async function issue() {
  const repository = await host.repository();
  const { number } = await repository.createIssue({ author: host.maintainer, title: "Do it" });
  return { repository, number };
}

/** Nothing was made twice, and the comment has the end. */
async function oneOfEach(repository: RepositoryHandle, number: number) {
  const [, ...ours] = repository.comments(number);
  const pulls = repository.numbers().filter((each) => each !== number);
  const branches = Object.keys(await repository.branches()).filter((name) => name !== "main");
  return { comments: ours.length, pulls: pulls.length, branches: branches.length };
}
const ONE = { comments: 1, pulls: 1, branches: 1 };

describe.concurrent("GitHub that answers every kind of request once with", () => {
  it.for(FAILURES)("%s", { timeout: 120_000 }, async ([, failure], { expect }) => {
    const { repository, number } = await issue();
    for (const [method, path] of REQUESTS) {
      const pattern = new RegExp(`^/repos/${repository.fullName}/${path}`);
      host.github.failNext({ method, path: pattern, ...failure });
    }
    const { state, comment } = await host.ask(repository, number, "/box do it");
    expect(state.outcome).toEqual({ status: "succeeded" });
    expect(comment).toContain("Done, not tested");
    expect(await oneOfEach(repository, number)).toEqual(ONE);
  });
});

describe.concurrent("GitHub that does a thing and does not say so", () => {
  it.for([
    ["POST", "issues/\\d+/comments$"],
    ["POST", "pulls$"],
    ["PATCH", "issues/comments/\\d+$"],
    ["POST", "check-runs$"],
  ] as const)(
    "%s %s: it is not done twice",
    { timeout: 120_000 },
    async ([method, path], { expect }) => {
      const { repository, number } = await issue();
      const pattern = new RegExp(`^/repos/${repository.fullName}/${path}`);
      const hold = host.github.holdNext({ method, path: pattern, when: "after" });
      const ended = host.ask(repository, number, "/box do it");
      await hold.reached;
      hold.cut();
      const { state, comment } = await ended;
      expect(state.outcome).toEqual({ status: "succeeded" });
      expect(comment).toContain("Done, not tested");
      expect(await oneOfEach(repository, number)).toEqual(ONE);
    },
  );

  it("slowly holds up nothing but what it is about", { timeout: 120_000 }, async ({ expect }) => {
    const { repository, number } = await issue();
    const path = new RegExp(`^/repos/${repository.fullName}/.*reactions$`);
    const hold = host.github.holdNext({ method: "POST", path, when: "before" });
    const said = await repository.comment(number, { author: host.maintainer, body: "/box do it" });
    await hold.reached;
    // The reaction hangs; the comment is there all the same.
    await expect.poll(() => repository.comments(number).length, POLL).toBe(2);
    hold.release();
    const { state } = await host.end(said.id);
    expect(state.outcome).toEqual({ status: "succeeded" });
  });
});

describe.concurrent("deliveries that come", () => {
  it("three times at once are one job", async ({ expect }) => {
    const { repository, number } = await issue();
    const said = await repository.comment(number, { author: host.maintainer, body: "/box do it" });
    const [delivery] = await said.delivered;
    const guid = delivery?.guid ?? "";
    await Promise.all([host.github.redeliver(guid), host.github.redeliver(guid)]);
    await host.end(said.id);
    await host.github.redeliver(guid);
    await host.github.settled();
    expect(await oneOfEach(repository, number)).toEqual(ONE);
  });

  it("after the comment was edited or deleted do what was written, once", async ({ expect }) => {
    const { repository, number } = await issue();
    const said = await repository.comment(number, { author: host.maintainer, body: "/box do it" });
    await repository.editComment(said.id, { body: "/box do something else" });
    await repository.deleteComment(said.id);
    const { state, job } = await host.end(said.id);
    expect(job.request.command).toEqual({ verb: "prompt", prompt: "do it" });
    expect(state.outcome).toEqual({ status: "succeeded" });
  });

  it("in another order than people wrote are still one after another", async ({ expect }) => {
    const { repository, number } = await issue();
    const first = await repository.comment(number, { author: host.maintainer, body: "/box do it" });
    const cancel = await repository.comment(number, {
      author: host.maintainer,
      body: "/box cancel",
    });
    await Promise.all([first.delivered, cancel.delivered]);
    const { state } = await host.end(first.id);
    expect(["succeeded", "cancelled"]).toContain(state.outcome?.status);
    const { comments } = await oneOfEach(repository, number);
    expect(comments).toBeLessThanOrEqual(3);
  });
});

describe.concurrent("somebody who may not ask", () => {
  it("is told so with words once a day, and by a reaction each time", async ({ expect }) => {
    const { repository, number } = await issue();
    const stranger = host.github.createUser({ login: `stranger-${number}-x` }).login;
    const asked = await Promise.all(
      [1, 2, 3].map(() => repository.comment(number, { author: stranger, body: "/box do it" })),
    );
    const reactions = () => asked.map(({ id }) => repository.reactions({ comment: id }).length);
    await expect.poll(reactions, POLL).toEqual([1, 1, 1]);
    await host.github.settled();
    await expect
      .poll(() => repository.comments(number).filter(({ body }) => body.startsWith("Sorry")), POLL)
      .toHaveLength(1);
    expect(host.ended.filter(({ job }) => job.request.requester.login === stranger)).toEqual([]);
  });
});
