import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { showJob } from "../../src/app/jobs/job-list.ts";
import { openToolStore } from "../../src/app/store/open-tool-store.ts";
import { runCli } from "../support/run-cli.ts";
import { type TestApp, testApp } from "../support/test-app.ts";

const POLL = { timeout: 20_000, interval: 50 };

let host: TestApp;
beforeAll(async () => {
  host = await testApp(
    { forever: "sleep 600 & wait", "break it": "exit 3" },
    { metricsToken: "scraper", concurrency: 1 },
  );
});
afterAll(() => host[Symbol.asyncDispose]());

/** `box-action jobs …` beside the running App. */
async function jobs(...args: string[]) {
  const cli = runCli(["jobs", ...args], { BOX_ACTION_DATA: host.data });
  const { code } = await cli.exit();
  return { code, out: cli.stdout(), error: cli.stderr() };
}

async function metrics(): Promise<string> {
  const headers = { authorization: "Bearer scraper" };
  return (await fetch(`${host.served.url}/metrics`, { headers })).text();
}

async function place() {
  const repository = await host.repository();
  const number = await host.pullRequest(repository);
  const say = (body: string) => repository.comment(number, { author: host.maintainer, body });
  return { repository, number, say, last: () => repository.comments(number).at(-1)?.body ?? "" };
}

describe("the operator", () => {
  it("sees a job, cancels it from another process, and has it done again", {
    timeout: 60_000,
  }, async () => {
    const { say, last, repository, number } = await place();
    const asked = await say("/box work forever");
    await host.event(asked.id, "box-created");
    const listed = JSON.parse((await jobs("list", "--json", "--state", "running")).out);
    expect(listed).toHaveLength(1);
    const [{ id }] = listed;
    const shown = await jobs("show", id);
    expect(shown.out).toContain("/box work forever");
    expect(shown.out).toContain("running");
    expect(shown.out).toMatch(/box [a-z]+-[a-z]+-\d+ made/);

    expect(await jobs("cancel", id)).toMatchObject({ code: 0 });
    await expect.poll(last, POLL).toContain("`the operator` cancelled it.");
    await expect.poll(async () => (await jobs("show", id)).out, POLL).toContain("ended, cancelled");
    expect(await jobs("cancel", id)).toMatchObject({
      code: 1,
      error: expect.stringContaining("has ended already"),
    });

    expect(await jobs("retry", id)).toMatchObject({ code: 0 });
    await expect.poll(last, POLL).toContain("▶ Work");
    await say("/box cancel");
    await expect.poll(() => repository.comments(number)[1]?.body, POLL).toContain("Cancelled");
    // The first comment, the job's and the cancelling one.
    expect(repository.comments(number)).toHaveLength(3);
    expect((await jobs("list")).out).toMatch(/^id +state +attempt/);
  });

  it("is told what is wrong with a command", async () => {
    expect(await jobs("show", "nothing")).toMatchObject({
      code: 1,
      error: expect.stringContaining("there is no job nothing; box-action jobs list shows them"),
    });
    expect(await jobs("dance")).toMatchObject({
      code: 1,
      error: expect.stringContaining("--help"),
    });
    expect((await jobs("deliveries", "--state", "poisoned")).out).toMatch(/^id +event/);
  });

  it("reads metrics with the token, and only with it", async () => {
    expect((await fetch(`${host.served.url}/metrics`)).status).toBe(401);
    const { repository, number } = await place();
    await host.ask(repository, number, "/box please break it");
    const text = await metrics();
    for (const line of [
      /^box_action_deliveries_total\{event="accepted"\} [1-9]/m,
      /^box_action_deliveries_total\{event="done"\} [1-9]/m,
      /^box_action_jobs\{state="queued"\} 0/m,
      /^box_action_jobs_ended_total\{status="failed"\} 1/m,
      /^box_action_step_seconds_count\{step="prepare"\} [1-9]/m,
      /^box_action_queue_age_seconds 0/m,
      /^box_action_github_requests_total\{method="POST",status="201"\} [1-9]/m,
      /^box_action_github_rate_limit_remaining\{resource="core"\} \d{4}/m,
      /^process_resident_memory_bytes /m,
    ]) {
      expect(text).toMatch(line);
    }
  });

  it("sees that it is ready", async () => {
    const answer = await fetch(`${host.served.url}/readyz`);
    expect([answer.status, await answer.json()]).toEqual([200, { ready: true }]);
  });
});

describe("/box cancel", () => {
  it("takes a job out of the line before it has begun", { timeout: 60_000 }, async () => {
    const busy = await place();
    const asked = await busy.say("/box work forever");
    await host.event(asked.id, "box-created");
    const { say, last, repository, number } = await place();
    const waiting = await say("/box run true");
    await expect.poll(last, POLL).toContain("### 🕓 Waiting");
    await say("/box cancel");
    await host.end(waiting.id);
    expect(repository.comments(number)[1]?.body).toContain("Cancelled");
    expect(repository.comments(number)).toHaveLength(3);
    await busy.say("/box cancel");
    await host.end(asked.id);
  });

  it("says so where there is nothing to cancel", async () => {
    const { say, last } = await place();
    await say("/box cancel");
    await expect.poll(last, POLL).toBe("There is no job to cancel in this thread.");
  });
});

it("a delivery that came while the App was away is worked on when it comes again, however late, and once", async () => {
  const { repository, number } = await place();
  host.github.setWebhook(host.app, "http://127.0.0.1:9/api/github/webhooks");
  const said = await repository.comment(number, { author: host.maintainer, body: "/box run true" });
  const [lost] = await said.delivered;
  expect(lost?.status).not.toBe(202);
  host.github.setWebhook(host.app, `${host.served.url}/api/github/webhooks`);
  await host.github.redeliver(lost?.guid ?? "");
  await host.end(said.id);
  const again = await host.github.redeliver(lost?.guid ?? "");
  expect(again.status).toBe(202);
  expect(repository.comments(number)).toHaveLength(2);
});

it("a repository that has used up its day is told so, and no job is kept", async () => {
  await using limited = await testApp(
    {},
    { daily: { jobs: 1, costUsd: Number.POSITIVE_INFINITY } },
  );
  const repository = await limited.repository();
  const number = await limited.pullRequest(repository);
  await limited.ask(repository, number, "/box run true");
  await repository.comment(number, { author: limited.maintainer, body: "/box run true" });
  const last = () => repository.comments(number).at(-1)?.body;
  await expect.poll(last, POLL).toContain("has had all its jobs for today");
  expect(limited.ended).toHaveLength(1);
});

it("a job can be looked at when the App does not run", async () => {
  const app = await testApp({});
  const repository = await app.repository();
  const number = await app.pullRequest(repository);
  const { job } = await app.ask(repository, number, "/box run true");
  await app.served.close("The test is over.");
  const store = await openToolStore({ data: app.data, databaseUrl: null });
  expect(await showJob(store, job.id)).toMatchObject({ status: "unchanged", attempt: 1 });
  await store.close();
  await app[Symbol.asyncDispose]();
});
