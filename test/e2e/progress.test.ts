import { afterAll, beforeAll, describe, it } from "vitest";
import { type TestApp, testApp } from "../support/test-app.ts";

let host: TestApp;
beforeAll(async () => {
  host = await testApp(
    {
      "talk a lot": 'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do say "step $i"; sleep 0.5; done',
      "say nothing": "sleep 4",
    },
    { concurrency: 6 },
  );
});
afterAll(() => host[Symbol.asyncDispose]());

/** The texts that the job's comment had, without the seconds in them. */
async function texts(body: string, before?: (fullName: string) => void) {
  const repository = await host.repository();
  const number = await host.pullRequest(repository);
  before?.(repository.fullName);
  const ended = await host.ask(repository, number, body);
  const [, comment, ...more] = repository.comments(number);
  return { ...ended, history: repository.history(comment?.id ?? 0), more };
}

const edits = (fullName: string) => new RegExp(`${fullName}/issues/comments/`);

describe.concurrent("the comment of a job", () => {
  it("is one, made at once, edited at most every three seconds, and ends with the last word", async ({
    expect,
  }) => {
    const { history, more, job, comment } = await texts("/box talk a lot");
    expect(more).toEqual([]);
    expect(history[0]?.body).toContain("⏳");
    expect(history.length).toBeGreaterThanOrEqual(3);
    expect(history.every(({ body }) => body.includes(job.id))).toBe(true);
    // The last word does not wait. Arrival is measured here, so the network's share is forgiven.
    const gaps = history.slice(1, -1).map(({ at }, index) => at - (history[index]?.at ?? 0));
    for (const gap of gaps) expect(gap).toBeGreaterThan(2_500);
    expect(comment).toContain("Nothing was changed");
  });

  it("is not edited when nothing has changed", async ({ expect }) => {
    const { history } = await texts("/box say nothing");
    // Made, once edited when the agent began, and the end.
    expect(history.length).toBeLessThanOrEqual(3);
    expect(new Set(history.map(({ body }) => body)).size).toBe(history.length);
  });

  it.for<[string, { status: number; headers?: Record<string, string> }]>([
    ["500", { status: 500 }],
    ["502", { status: 502 }],
    ["403 with retry-after", { status: 403, headers: { "retry-after": "1" } }],
  ])("shows the end also when edits fail with %s", async ([, failure], { expect }) => {
    const { comment, more } = await texts("/box talk a lot", (fullName) =>
      host.github.failNext({ method: "PATCH", path: edits(fullName), times: 2, ...failure }),
    );
    expect(comment).toContain("Nothing was changed");
    expect(more).toEqual([]);
  });

  it("is made later when it could not be made at first", async ({ expect }) => {
    const { comment, more } = await texts("/box talk a lot", (fullName) =>
      host.github.failNext({
        method: "POST",
        path: new RegExp(`${fullName}/issues/\\d+/comments`),
        status: 403,
      }),
    );
    expect(comment).toContain("Nothing was changed");
    expect(more).toEqual([]);
  });
});
