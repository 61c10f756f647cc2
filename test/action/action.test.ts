import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { RepositoryHandle } from "../../dev/github/index.ts";
import { agentScript } from "../support/agent-script.ts";
import { alive, descendants } from "../support/descendants.ts";
import { type ActionFile, readAction } from "../support/read-action.ts";
import { copyAction, type RunnerContext, runStep } from "../support/run-action.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { type TestGitHub, testGitHub } from "../support/test-github.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let host: TestGitHub;
let action: ActionFile;
let path: string;
let program: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  host = await testGitHub();
  path = await copyAction(join(folder.path, "action"));
  action = await readAction(join(path, "action.yml"));
  program = join(folder.path, "agent.sh");
  await writeFile(
    program,
    agentScript({
      greeting: "say 'I see it.'; echo hello > greeting.txt",
      forever: "echo half > half.txt; say 'I begin.'; sleep 600 & wait",
    }),
  );
  const repository = await host.repository();
  const [setUp] = action.steps;
  if (setUp === undefined) throw new Error("action.yml has no steps");
  const { code, log } = await runStep(action, setUp, context(repository, {}));
  expect({ code, log }).toMatchObject({ code: 0 });
}, 120_000);
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
  expect(host.github.contractViolations).toEqual([]);
});

function context(
  repository: RepositoryHandle,
  payload: unknown,
  options: Partial<RunnerContext> = {},
): RunnerContext {
  return {
    path,
    temporary: folder.path,
    event: { name: "issue_comment", payload },
    repository: repository.fullName,
    url: host.github.url,
    apiUrl: host.github.apiUrl,
    token: host.github.createActionsToken(repository.fullName, {
      permissions: { contents: "write", issues: "write", pull_requests: "write" },
    }),
    inputs: { "custom-harness": program },
    ...options,
  };
}

/** The main step, on the event that a comment makes. */
async function act(
  repository: RepositoryHandle,
  number: number,
  body: string,
  options: Partial<RunnerContext> = {},
) {
  const { delivered } = await repository.comment(number, { author: host.maintainer, body });
  const [delivery] = await delivered;
  const step = action.steps.find(({ id }) => id === "job");
  if (step === undefined) throw new Error("action.yml has no step job");
  return runStep(action, step, context(repository, delivery?.payload, options));
}

describe.concurrent("the Action", () => {
  it("does what a comment on a pull request asks for, and says it everywhere", async ({
    expect,
  }) => {
    const repository = await host.repository({ private: true });
    const number = await host.pullRequest(repository);
    const run = await act(repository, number, "/box fix the greeting");
    expect(run.log).toContain("Work: started");
    const [commit] = await repository.log("change");
    expect(run).toMatchObject({
      code: 0,
      outputs: {
        status: "succeeded",
        commit: commit?.sha,
        "pull-request-url": `${host.github.url}/${repository.fullName}/pull/${number}`,
        "comment-url": expect.stringContaining("#issuecomment-"),
      },
    });
    expect(commit?.author).toMatchObject({ name: "github-actions[bot]" });
    expect(await repository.read("change", "greeting.txt")).toBe("hello\n");
    expect(run.summary).toContain("Done, not tested");
    expect(run.summary).toMatch(/\| Push \| \w+ \|/);
    const [, comment, ...more] = repository.comments(number);
    expect(comment?.body).toContain("Done, not tested");
    expect(more).toEqual([]);
  });

  it("opens a pull request for an issue", async ({ expect }) => {
    const repository = await host.repository();
    const { number } = await repository.createIssue({ author: host.maintainer, title: "Greet" });
    const { code, outputs } = await act(repository, number, "/box run echo hi > greeting.txt");
    expect(code).toBe(0);
    const opened = Number(outputs["pull-request-url"]?.split("/").at(-1));
    const { body } = await repository.pullRequest(opened);
    expect(body).toMatch(new RegExp(`^Closes #${number}$`, "m"));
  });

  it("keeps the branch and gives the way on when it may not open pull requests", async ({
    expect,
  }) => {
    const repository = await host.repository();
    repository.allowActionsPullRequests(false);
    const { number } = await repository.createIssue({ author: host.maintainer, title: "Greet" });
    const { code, outputs } = await act(repository, number, "/box run echo hi > greeting.txt");
    expect({ code, status: outputs.status }).toEqual({ code: 1, status: "failed" });
    const pushed = Object.keys(await repository.branches()).find((name) => name.startsWith("box/"));
    expect(repository.comments(number)[1]?.body).toContain("not permitted to create");
    expect(repository.comments(number)[1]?.body).toContain(`compare/main...${pushed}`);
  });

  it("fails with the job, with the reason as an annotation", async ({ expect }) => {
    const repository = await host.repository();
    const number = await host.pullRequest(repository);
    const { code, outputs, log, summary } = await act(repository, number, "/box run exit 9");
    expect({ code, status: outputs.status }).toEqual({ code: 1, status: "failed" });
    expect(outputs.commit).toBe("");
    expect(log).toMatch(/^::error::.*exit code 9/m);
    expect(summary).toContain("exit code 9");
  });

  it("ends well when the event asks for nothing", async ({ expect }) => {
    const repository = await host.repository();
    const number = await host.pullRequest(repository);
    const { code, outputs, log } = await act(repository, number, "nice work");
    expect({ code, outputs }).toEqual({ code: 0, outputs: { status: "ignored" } });
    expect(log).toContain("Nothing to do");
    expect(repository.comments(number)).toHaveLength(1);
  });

  it("says which input is missing or wrong, and prints no stack", async ({ expect }) => {
    const repository = await host.repository();
    const number = await host.pullRequest(repository);
    const missing = await act(repository, number, "/box run true", {
      inputs: { "github-token": "", "box-base-url": "nowhere" },
    });
    expect(missing.code).toBe(1);
    expect(missing.log).toMatch(/::error::.*github-token is needed.*box-base-url must be a URL/);
    expect(missing.log).not.toContain("    at ");
    const harness = await act(repository, number, "/box run true", {
      inputs: { harness: "custom" },
    });
    expect(harness.log).toMatch(/::error::.*custom-harness/);
    expect(harness.code).toBe(1);
  });

  it("masks its token and never prints it", async ({ expect }) => {
    const repository = await host.repository();
    const number = await host.pullRequest(repository);
    const token = host.github.createActionsToken(repository.fullName, {
      permissions: { contents: "write", issues: "write", pull_requests: "write" },
    });
    const run = await act(repository, number, "/box run (env; git config -l) > all.txt", {
      token,
    });
    expect(run.code).toBe(0);
    const printed = run.log.replace(`::add-mask::${token}`, "");
    expect(`${printed}${run.summary}`).not.toContain(token);
    const seen = await repository.read("change", "all.txt");
    expect(seen).toContain("core.bare=false");
    expect(seen).not.toContain(token);
  });

  it("that is cancelled says so in the comment and leaves nothing running", async ({ expect }) => {
    const repository = await host.repository();
    const number = await host.pullRequest(repository);
    let processes: number[] = [];
    const run = await act(repository, number, "/box work forever", {
      async onStart(child) {
        // bwrap, boxd, sh and sleep.
        const pid = child.pid ?? 0;
        const isWorking = async () => (await descendants(pid)).length >= 4;
        await vi.waitUntil(isWorking, { timeout: 30_000 });
        processes = await descendants(pid);
        child.kill("SIGINT");
      },
    });
    expect(run.code).toBe(1);
    expect(run.outputs.status).toBe("interrupted");
    expect(repository.comments(number)[1]?.body).toContain("The workflow was cancelled.");
    expect(processes.length).toBeGreaterThanOrEqual(3);
    await vi.waitUntil(async () => (await alive(processes)).length === 0, { timeout: 5_000 });
  });
});

describe("action.yml", () => {
  it("has no expression in a script", () => {
    for (const { run } of action.steps) expect(run).not.toContain("${{");
    expect(action.steps.map(({ shell }) => shell)).toEqual(["bash", "bash"]);
  });

  it("passes each of its inputs on, and the program reads exactly these", async () => {
    const names = [...action.inputs.keys()].sort();
    const passed = action.steps.flatMap(({ env }) => [...env]);
    expect(passed.map(([name]) => name).sort()).toEqual(
      names.map((name) => `INPUT_${name.toUpperCase()}`),
    );
    for (const [name, value] of passed) {
      expect(value).toBe(`\${{ inputs.${name.replace("INPUT_", "").toLowerCase()} }}`);
    }
    const source = await readFile(new URL("../../src/action/inputs.ts", import.meta.url), "utf8");
    const schema = /z\.object\(\{([\s\S]*?)\n\}\)/.exec(source)?.[1] ?? "";
    const read = [...schema.matchAll(/^ {2}"?([a-z-]+)"?:/gm)].map(([, name]) => name);
    expect(read.sort()).toEqual(names);
  });

  it("gives exactly the outputs that the program sets", async () => {
    const source = await readFile(
      new URL("../../src/action/run-action.ts", import.meta.url),
      "utf8",
    );
    const set = new Set([...source.matchAll(/setOutput\("([a-z-]+)"/g)].map(([, name]) => name));
    expect([...action.outputs.keys()].sort()).toEqual([...set].sort());
    for (const [name, { value }] of action.outputs) {
      expect(value).toBe(`\${{ steps.job.outputs.${name} }}`);
    }
  });
});
