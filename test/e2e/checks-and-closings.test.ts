import { afterAll, beforeAll, describe, it } from "vitest";
import type { RepositoryHandle } from "../../dev/github/index.ts";
import { Box } from "../../src/box/index.ts";
import { type TestApp, testApp } from "../support/test-app.ts";

const POLL = { timeout: 30_000, interval: 50 };

let host: TestApp;
beforeAll(async () => {
  host = await testApp({
    "work forever": "say begun; while :; do sleep 0.1; done",
    "Fix the sum": "printf 'right' > sum.txt",
    "Fix what ci says": `printf '%s' "$prompt" > prompt.txt`,
    "fail once": "[ -e again.txt ] && printf 'x' > x.txt || exit 3",
  });
});
afterAll(() => host[Symbol.asyncDispose]());

async function place(config = "") {
  const repository = await host.repository({
    files: { "README.md": "# Site\n", ".github/box.yml": config },
  });
  return { repository, number: await host.pullRequest(repository) };
}

/** A job whose agent is at work. */
async function atWork(repository: RepositoryHandle, number: number) {
  const body = "/box work forever";
  const { id } = await repository.comment(number, { author: host.maintainer, body });
  await host.event(id, "agent-text");
  return { id, box: host.boxOf(id) };
}

const boxes = async () => (await Box.list(host.served.boxService)).map(({ id }) => id);

describe.concurrent("the check run of a job", () => {
  it("stands on the commit that was worked on and on the one that was pushed, and says what the comment says", async ({
    expect,
  }) => {
    const { repository, number } = await place("verify: 'true'\n");
    const head = (await repository.branches()).change;
    const { state, comment } = await host.ask(repository, number, "/box fix the sum");
    const [check, pushed, ...more] = repository.checkRuns();
    expect(more).toEqual([]);
    expect(pushed).toMatchObject({ headSha: state.published?.sha, conclusion: "success" });
    expect(check).toMatchObject({
      ...{ name: "box", headSha: head, status: "completed", conclusion: "success", actions: [] },
      title: "✅ Done, and the tests pass",
    });
    expect(check?.summary).toContain("**Tests:** ✅ `true` passed");
    expect(comment).toContain(`[check](${state.checkUrl})`);
  });

  it("has a button that ends the job, for those who may", async ({ expect }) => {
    const { repository, number } = await place();
    const { id, box } = await atWork(repository, number);
    await expect.poll(() => repository.checkRuns()[0]?.actions[0]?.label, POLL).toBe("Cancel");
    const check = repository.checkRuns()[0]?.id ?? 0;
    host.github.createUser({ login: "reader" });
    await repository.pressCheck(check, { by: "reader", identifier: "cancel" });
    await repository.pressCheck(check, { by: host.maintainer, identifier: "cancel" });
    const { state } = await host.end(id);
    expect(state.outcome).toEqual({ status: "cancelled", by: host.maintainer });
    expect(repository.checkRuns()[0]).toMatchObject({ conclusion: "cancelled" });
    expect(await boxes()).not.toContain(box);
  });

  it("has a button that does a failed job once more, in the same comment; so has re-run", async ({
    expect,
  }) => {
    const { repository, number } = await place();
    const { state } = await host.ask(repository, number, "/box fail once");
    expect(state.outcome).toMatchObject({ status: "failed" });
    const check = repository.checkRuns()[0];
    expect(check).toMatchObject({ conclusion: "failure", actions: [{ identifier: "retry" }] });
    await repository.pressCheck(check?.id ?? 0, { by: host.maintainer });
    await host.endIn(repository, 2);
    await repository.pressCheck(check?.id ?? 0, { by: host.maintainer, identifier: "retry" });
    await host.endIn(repository, 3);
    expect(repository.comments(number)).toHaveLength(2);
    // GitHub shows the newest of a name.
    expect(repository.checkRuns()).toHaveLength(3);
  });

  it("is done without where the App may not make any", async ({ expect }) => {
    const { repository, number } = await place();
    const path = new RegExp(`${repository.fullName}/check-runs$`);
    host.github.failNext({ method: "POST", path, status: 403, times: 9 });
    const { state } = await host.ask(repository, number, "/box fix the sum");
    expect(state.outcome).toEqual({ status: "succeeded" });
    expect(repository.checkRuns()).toEqual([]);
  });
});

describe.concurrent("a pull request that is closed", () => {
  it("ends its jobs, those that wait too, and their boxes", async ({ expect }) => {
    const { repository, number } = await place();
    const { id, box } = await atWork(repository, number);
    const waiting = await repository.comment(number, {
      ...{ author: host.maintainer, body: "/box fix the sum" },
    });
    await expect.poll(() => repository.comments(number).length, POLL).toBe(4);
    repository.edit(number, { by: host.maintainer, state: "closed" });
    const ends = await Promise.all([host.end(id), host.end(waiting.id)]);
    for (const { state } of ends) {
      expect(state.outcome).toEqual({ status: "cancelled", by: host.maintainer });
    }
    await expect.poll(boxes, POLL).not.toContain(box);
  });
});

describe.concurrent("what a failing check says", () => {
  it("is told to the agent that is to fix it, with the end of its log", async ({ expect }) => {
    const { repository, number } = await place();
    const sha = (await repository.branches()).change ?? "";
    const log = `${"noise\n".repeat(5_000)}not ok 1 - adds <b>\n`;
    repository.addCheckRun({ sha, name: "ci / test", conclusion: "failure", log });
    repository.addCheckRun({ sha, name: "lint", conclusion: "success", log: "fine" });
    await host.ask(repository, number, "/box fix what ci says");
    const told = (await repository.read("change", "prompt.txt")) ?? "";
    expect(told).toContain('<failed-check name="ci / test" conclusion="failure">');
    expect(told).toContain("not ok 1 - adds &lt;b>");
    expect(told).not.toContain("lint");
    expect(told.length).toBeLessThan(20_000);
  });
});

describe.concurrent("jobs whose ground is taken away", () => {
  it.for(["uninstalled", "renamed", "taken off"] as const)(
    "end quietly when the App or the repository is %s",
    async (what, { expect }) => {
      const { repository, number } = await place();
      const { id, box } = await atWork(repository, number);
      const before = repository.comments(number).length;
      const installation = host.installationOf(repository);
      if (what === "uninstalled") await host.github.uninstallApp(installation);
      if (what === "renamed") await repository.rename("another");
      if (what === "taken off") {
        await host.github.removeFromInstallation(installation, repository.fullName);
      }
      const { state } = await host.end(id);
      expect(state.outcome).toMatchObject({ status: "interrupted" });
      await expect.poll(boxes, POLL).not.toContain(box);
      expect(repository.comments(number)).toHaveLength(before);
    },
  );
});
