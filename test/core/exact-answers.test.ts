import { Octokit } from "@octokit/rest";
import nock from "nock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CheckView } from "../../src/core/github.ts";
import { isOutage } from "../../src/core/is-outage.ts";
import { JobCheck } from "../../src/core/job-check.ts";
import { octokitGitHub } from "../../src/core/octokit-github.ts";
import { retryAfter } from "../../src/core/retry-after.ts";
import { aJob } from "../support/a-job.ts";
import { aRequest } from "../support/a-request.ts";

const API = "https://api.github.com";
const REPO = "/repos/acme/site";
const nothing = () => undefined;
const SILENT = { debug: nothing, info: nothing, warn: nothing, error: nothing };

const github = octokitGitHub({
  octokit: new Octokit({ auth: "t", log: SILENT }),
  repository: aRequest().repository,
  identity: async () => ({ login: "box-action[bot]", id: 1, email: "" }),
  readToken: async () => undefined,
  writeToken: async () => "t",
});

beforeEach(() => nock.disableNetConnect());
afterEach(() => {
  expect(nock.pendingMocks()).toEqual([]);
  nock.cleanAll();
  nock.enableNetConnect();
});

/** GitHub's own words, from its documentation of rate limits. */
const SECONDARY = {
  message:
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
  documentation_url: "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api",
};

describe("what GitHub answers exactly", () => {
  it("a secondary limit is an outage that ends when it says so", async () => {
    nock(API)
      .post(`${REPO}/issues/7/comments`)
      .reply(403, SECONDARY, { "retry-after": "42", "content-type": "application/json" });
    const { thread, origin } = aRequest();
    const error = await github
      .reply({ thread: thread.number, origin }, "x")
      .catch((thrown) => thrown);
    expect(isOutage(error)).toBe(true);
    expect(retryAfter(error)).toBe(42_000);
  });

  it("a permission that is not there is no outage", async () => {
    nock(API)
      .post(`${REPO}/issues/7/comments`)
      .reply(403, { message: "Resource not accessible by integration" });
    const { thread, origin } = aRequest();
    const error = await github
      .reply({ thread: thread.number, origin }, "x")
      .catch((thrown) => thrown);
    expect(isOutage(error)).toBe(false);
  });

  it("logs that are gone, or that nobody may read, are no logs", async () => {
    const run = (id: number, slug: string) => ({
      ...{ id, name: `run ${id}`, conclusion: "failure", status: "completed" },
      ...{ app: { slug }, output: { title: "t", summary: null, text: null } },
    });
    nock(API)
      .get(`${REPO}/commits/abc/check-runs`)
      .query(true)
      .reply(200, {
        check_runs: [run(1, "github-actions"), run(2, "github-actions"), run(3, "x")],
      });
    nock(API).get(`${REPO}/actions/jobs/1/logs`).reply(410, { message: "Server Error" });
    nock(API)
      .get(`${REPO}/actions/jobs/2/logs`)
      .reply(302, undefined, { location: "https://results.example.com/log" });
    nock("https://results.example.com").get("/log").reply(200, "not ok 1\n");
    const checks = await github.failedChecks("abc");
    expect(checks.map(({ log }) => log)).toEqual(["", "not ok 1\n", ""]);
  });

  it("a check run that may not be made is not asked for again", async () => {
    const view: CheckView = { status: "in_progress", title: "t", summary: "s" };
    const check = new JobCheck(aJob(), github, { mayExist: false });
    nock(API)
      .post(`${REPO}/check-runs`)
      .reply(403, { message: "Resource not accessible by integration" });
    expect(await check.publish(view)).toBeNull();
    expect(await check.publish(view)).toBeNull();
  });

  it("findings on lines that GitHub does not know cost the check run nothing but them", async () => {
    const check = new JobCheck(aJob(), github, { mayExist: false });
    const annotation = { path: "none", startLine: 1, endLine: 1, title: "t", message: "m" };
    const view: CheckView = {
      ...{ status: "completed", conclusion: "neutral", title: "t", summary: "s" },
      annotations: [{ ...annotation, level: "notice" }],
    };
    nock(API).post(`${REPO}/check-runs`).reply(422, { message: "Invalid request." });
    nock(API)
      .get(/check-runs/)
      .query(true)
      .reply(200, { check_runs: [] });
    nock(API)
      .post(`${REPO}/check-runs`, ({ output }) => output.annotations.length === 0)
      .reply(201, { id: 9, html_url: "https://github.com/acme/site/runs/9" });
    expect(await check.publish(view)).toBe("https://github.com/acme/site/runs/9");
  });

  it("a hundred and twenty findings go with three requests, each once", async () => {
    const annotations = Array.from({ length: 120 }, (_, index) => ({
      ...{ path: "a.txt", startLine: index + 1, endLine: index + 1 },
      ...{ level: "notice" as const, title: `t${index}`, message: "m" },
    }));
    const sent: string[] = [];
    const keep = (body: { output: { annotations: Array<{ title: string }> } }) => {
      sent.push(...body.output.annotations.map(({ title }) => title));
      return true;
    };
    nock(API).post(`${REPO}/check-runs`, keep).reply(201, { id: 9, html_url: "" });
    nock(API).patch(`${REPO}/check-runs/9`, keep).twice().reply(200, {});
    const view = { status: "completed" as const, conclusion: "neutral" as const };
    await github.createCheck("abc", "0123456789ab", {
      ...view,
      title: "t",
      summary: "s",
      annotations,
    });
    expect(new Set(sent).size).toBe(120);
  });
});
