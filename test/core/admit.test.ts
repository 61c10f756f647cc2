import { describe, expect, it } from "vitest";
import { type AdmitOptions, admit, type EarlierWork, mayCommand } from "../../src/core/admit.ts";
import type { GitHub, Permission, PullRequest } from "../../src/core/github.ts";
import type { Command } from "../../src/core/request.ts";
import { aRequest } from "../support/a-request.ts";

const CLONE = { cloneUrl: "https://github.com/eve/site.git", private: false };

const open: PullRequest = {
  number: 7,
  htmlUrl: "https://github.com/acme/site/pull/7",
  state: "open",
  head: { ref: "change", sha: "a".repeat(40), repository: "Acme/Site", ...CLONE },
  base: { ref: "main", sha: "b".repeat(40) },
};

/** A GitHub that answers questions and can do nothing. */
function github(answers: {
  permission?: Permission;
  pullRequest?: PullRequest;
  head?: string | null;
  /** `.github/box.yml` */
  config?: string;
}) {
  const asked: string[] = [];
  const port = {
    async permission(login: string) {
      asked.push(`permission ${login}`);
      return answers.permission ?? "write";
    },
    async pullRequest(number: number) {
      asked.push(`pull ${number}`);
      return answers.pullRequest ?? open;
    },
    async file() {
      return answers.config ?? null;
    },
    async branchHead(branch: string) {
      asked.push(`branch ${branch}`);
      return answers.head === undefined ? "c".repeat(40) : answers.head;
    },
  };
  return { port: port as unknown as GitHub, asked };
}

describe("admission", () => {
  it.each([
    ["admin", true],
    ["write", true],
    ["read", false],
    ["none", false],
    ["", false],
    ["Write", false],
  ])("the permission %j may command: %s", (permission, may) => {
    expect(mayCommand(permission)).toBe(may);
  });

  it.each(["read", "none"] as const)(
    "%s is told no before anything else is asked",
    async (permission) => {
      const { port, asked } = github({ permission });
      expect(await admit(aRequest(), port)).toEqual({ kind: "no-permission" });
      expect(asked).toEqual(["permission maya"]);
    },
  );

  it("pins a pull request's head as it is now", async () => {
    const admission = await admit(aRequest(), github({}).port);
    expect(admission).toMatchObject({
      kind: "job",
      job: {
        target: { branch: "change", cloneBranch: "change", sha: "a".repeat(40), pullRequest: 7 },
      },
    });
  });

  it("gives the same delivery the same job, and another delivery another", async () => {
    const ids = await Promise.all(
      ["delivery-1", "delivery-1", "delivery-2"].map(async (id) => {
        const admission = await admit({ ...aRequest(), id }, github({}).port);
        return admission.kind === "job" ? admission.job.id : "";
      }),
    );
    expect(ids[0]).toMatch(/^[0-9a-f]{12}$/);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it("takes a new branch of the default branch for an issue", async () => {
    const request = aRequest({ kind: "issue", defaultBranch: "trunk" });
    const { port, asked } = github({});
    const admission = await admit(request, port);
    expect(admission).toMatchObject({
      job: {
        target: {
          branch: expect.stringMatching(/^box\/issue-7-[0-9a-f]{12}$/),
          cloneBranch: "trunk",
          pullRequest: null,
        },
      },
    });
    expect(asked).toContain("branch trunk");
  });

  it.each([
    ["a closed pull request", aRequest(), { pullRequest: { ...open, state: "closed" as const } }],
    [
      "a fork that is private",
      aRequest(),
      { pullRequest: { ...open, head: { ...open.head, repository: "eve/site", private: true } } },
    ],
    [
      "a fork that is gone",
      aRequest(),
      { pullRequest: { ...open, head: { ...open.head, repository: null, cloneUrl: null } } },
    ],
    ["an empty repository", aRequest({ kind: "issue" }), { head: null }],
  ])("refuses %s with a remedy", async (_title, request, answers) => {
    expect(await admit(request, github(answers).port)).toEqual({
      kind: "refused",
      message: expect.stringMatching(/\.$/),
      remedy: expect.stringMatching(/comment/),
    });
  });

  describe("by the repository's own configuration", () => {
    const fix = (config: string, permission: Permission = "write", request = aRequest()) =>
      admit(request, github({ config, permission }).port);

    it("freezes how the job is done, the options of the command over it", async () => {
      const config =
        "model: anthropic/claude-opus-5\nverify: make check\nbudget: { job: 5 }\nattempts: 1\n";
      const request = { ...aRequest(), options: { budgetUsd: 1, draft: true } };
      expect(await fix(config, "write", request)).toMatchObject({
        job: {
          settings: {
            model: "anthropic/claude-opus-5",
            verify: ["make check"],
            budgetUsd: 1,
            attempts: 1,
            draft: true,
          },
        },
      });
    });

    it("says where it is wrong", async () => {
      const problem = async (config: string) => (await fix(config)) as { message?: string };
      expect((await problem("harness: claude-code\nmodell: x\n")).message).toMatch(
        /box\.yml, line 2: .*modell/,
      );
      expect((await problem("attempts: many\n")).message).toMatch(/line 1: attempts: /);
      expect((await problem("a: [\n")).message).toMatch(/line \d/);
      expect((await problem("- 1\n")).message).toMatch(/box\.yml/);
    });

    it("leaves commands to those whom it names", async () => {
      const config = "permission: { run: admin, fix: maintain }\n";
      expect(await fix(config)).toMatchObject({
        kind: "refused",
        message: expect.stringMatching(/those who may maintain/),
      });
      expect(await fix(config, "maintain")).toMatchObject({ kind: "job" });
      const run = aRequest({ command: { verb: "run", command: "x" } });
      expect(await fix(config, "maintain", run)).toMatchObject({ kind: "refused" });
      expect(await fix("permission: admin\n", "maintain")).toMatchObject({ kind: "refused" });
    });
  });

  describe("of a fork's pull request", () => {
    const fork = { ...open, head: { ...open.head, repository: "eve/site" } };
    const SHA = open.head.sha;
    const ask = (command: Command, options: AdmitOptions = {}, config = "") =>
      admit(aRequest({ command }), github({ pullRequest: fork, config }).port, options);

    it("reads at once, and writes after the approval of this very commit", async () => {
      const run: Command = { verb: "run", command: "x" };
      expect(await ask({ verb: "ask", question: "x" })).toMatchObject({ kind: "job" });
      expect(await ask({ verb: "review", focus: "" })).toMatchObject({ kind: "job" });
      expect(await ask(run)).toEqual({ kind: "needs-approval", sha: SHA });
      expect(await ask(run, { approvedSha: "b".repeat(40) })).toEqual({
        ...{ kind: "needs-approval", sha: SHA },
      });
      expect(await ask(run, { approvedSha: SHA })).toMatchObject({
        job: { target: { fork: CLONE.cloneUrl, sha: SHA, base: "main", pullRequest: null } },
      });
    });

    it("may be approved by those alone whom the repository names", async () => {
      const config = "permission: { approve: admin }\n";
      const run: Command = { verb: "run", command: "x" };
      expect(await ask(run, { approvedSha: SHA }, config)).toMatchObject({ kind: "refused" });
      expect(await ask(run, {}, config)).toMatchObject({ kind: "needs-approval" });
    });

    it("goes on in no box where other code than its own has run, and the other way round", async () => {
      const earlier = async (): Promise<EarlierWork> => ({
        ...{ jobId: "1", isFork: false, commandLine: "/box fix x", summary: "s" },
        ...{ box: { id: "b", folder: "/f" }, published: null },
      });
      const options = { approvedSha: SHA, earlier };
      const command: Command = { verb: "continue", what: "it" };
      expect(await ask(command, options)).toMatchObject({ job: { continues: { box: null } } });
      const own = await admit(aRequest({ command }), github({}).port, options);
      expect(own).toMatchObject({ job: { continues: { box: { id: "b" } } } });
    });
  });

  it("refuses an option that the operator forbids", async () => {
    const request = { ...aRequest(), options: { budgetUsd: 100 } };
    const forbidden = ["budgetUsd"];
    expect(await admit(request, github({}).port, { forbidden })).toMatchObject({
      kind: "refused",
      message: expect.stringMatching(/does not allow the option for the budget/),
    });
  });

  it("answers help with the reason where there is one", async () => {
    const help = (because?: string) =>
      admit(
        aRequest({ command: { verb: "help", ...(because === undefined ? {} : { because }) } }),
        github({}).port,
      );
    expect(await help()).toEqual({ kind: "help" });
    expect(await help("say more")).toEqual({ kind: "help", because: "say more" });
  });
});
