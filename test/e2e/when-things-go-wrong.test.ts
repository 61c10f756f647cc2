import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RepositoryHandle } from "../../dev/github/index.ts";
import { EngineError } from "../../src/engine/engine-error.ts";
import { failingDriver } from "../support/failing-driver.ts";
import { applyPatch, patchIn } from "../support/git-apply.ts";
import { type TestApp, testApp } from "../support/test-app.ts";
import { testEngine } from "../support/test-engine.ts";

// The agent waits until the test has done its part; then the job goes on.
const WAIT = "say waiting; while [ ! -e /tmp/go-on ]; do sleep 0.05; done";

let host: TestApp;
beforeAll(async () => {
  host = await testApp({
    "work slowly": `${WAIT}\nprintf 'done\\n' > work.txt; printf '\\000\\001' > work.bin`,
  });
});
afterAll(() => host[Symbol.asyncDispose]());

/** Asks for slow work, does something meanwhile, and waits for the end. */
async function meanwhile(
  repository: RepositoryHandle,
  number: number,
  act: () => unknown,
): ReturnType<TestApp["end"]> {
  const body = "/box work slowly";
  const { id } = await repository.comment(number, { author: host.maintainer, body });
  await host.event(id, "agent-text");
  await act();
  await goOn(id);
  return host.end(id);
}

async function goOn(id: number): Promise<void> {
  const { Box } = await import("../../src/box/index.ts");
  const boxId = host.boxOf(id);
  const box = await Box.get(boxId, host.served.boxService);
  await box.files.write({ path: "/tmp/go-on", content: "" });
}

describe.concurrent("a branch that moves during a job", () => {
  it("has the work on top of what somebody else has pushed, and the comment says so", async ({
    expect,
  }) => {
    const repository = await host.repository();
    const number = await host.pullRequest(repository);
    let theirs = "";
    const { state, comment } = await meanwhile(repository, number, async () => {
      theirs = await repository.commit("change", { "theirs.txt": "theirs\n" }, { quiet: true });
    });
    expect(state.outcome).toEqual({ status: "succeeded" });
    const [ours, below] = await repository.log("change");
    expect(below?.sha).toBe(theirs);
    expect(ours?.sha).toBe(state.published?.sha);
    expect(await repository.read("change", "work.txt")).toBe("done\n");
    expect(await repository.read("change", "theirs.txt")).toBe("theirs\n");
    expect(comment).toContain(`Somebody else has pushed \`${theirs.slice(0, 7)}\` meanwhile`);
  });

  it("in the same lines keeps what somebody else has pushed, and the work has a branch of its own", async ({
    expect,
  }) => {
    const repository = await host.repository();
    const number = await host.pullRequest(repository);
    let theirs = "";
    const { state, comment, job } = await meanwhile(repository, number, async () => {
      theirs = await repository.commit("change", { "work.txt": "theirs\n" }, { quiet: true });
    });
    const branch = `box/pr-${number}-${job.id}`;
    expect(state.outcome).toEqual({ status: "succeeded" });
    expect(state.published).toMatchObject({ branch, pullRequest: null });
    expect((await repository.branches()).change).toBe(theirs);
    expect(await repository.read(branch, "work.txt")).toBe("done\n");
    expect(comment).toContain("Done, on a branch of its own");
    expect(comment).toContain(branch);
    // Nobody asked for a second pull request.
    expect(repository.numbers()).toEqual([number]);
  });

  it("backwards does not get back what was taken away; the work is kept as a patch", async ({
    expect,
  }) => {
    const repository = await host.repository();
    const number = await host.pullRequest(repository);
    const [, before] = await repository.log("change");
    await repository.commit("change", { "secret.txt": "oops\n" }, { quiet: true });
    const { state, comment, job } = await meanwhile(repository, number, () =>
      setBack(repository, "change", before?.sha ?? ""),
    );
    expect(state.outcome).toMatchObject({ status: "failed", failure: { code: "push-refused" } });
    expect((await repository.branches()).change).toBe(before?.sha);
    const status = await applyPatch(repository, job.target.sha, patchIn(comment));
    expect(status.split("\n").sort()).toEqual(["", "A  work.bin", "A  work.txt"]);
  });
});

describe.concurrent("a branch that was set back after our push", () => {
  it("is worked on as it is when the next command comes", async ({ expect }) => {
    const repository = await host.repository();
    const number = await host.pullRequest(repository);
    const [before] = await repository.log("change", 1);
    await host.ask(repository, number, "/box run echo 1 > one.txt");
    await setBack(repository, "change", before?.sha ?? "");
    const { state } = await host.ask(repository, number, "/box run echo 2 > two.txt");
    expect(state.outcome).toEqual({ status: "succeeded" });
    const [, parent] = await repository.log("change", 2);
    expect(parent?.sha).toBe(before?.sha);
  });
});

describe.concurrent("a requester", () => {
  it("who loses the right to write during the job has nothing pushed", async ({ expect }) => {
    const repository = await host.repository();
    const number = await host.pullRequest(repository);
    const before = await repository.branches();
    const { state, comment } = await meanwhile(repository, number, () =>
      repository.setPermission(host.maintainer, "read"),
    );
    expect(state.outcome).toMatchObject({ failure: { code: "permission-lost" } });
    expect(comment).toContain("may not write to this repository any more");
    expect(await repository.branches()).toEqual(before);
  });
});

describe.concurrent("a pull request", () => {
  it("that is closed is refused with the remedy", async ({ expect }) => {
    const repository = await host.repository();
    const number = await host.pullRequest(repository);
    repository.edit(number, { by: host.maintainer, state: "closed" });
    await repository.comment(number, { author: host.maintainer, body: "/box run true" });
    await expect.poll(() => repository.comments(number).length, { timeout: 20_000 }).toBe(2);
    expect(repository.comments(number)[1]?.body).toContain("Reopen it");
  });
});

describe("a box that cannot be made", () => {
  it("because user namespaces are forbidden: the comment has the reason and the remedy", async () => {
    const forbidden = new EngineError(
      503,
      "sandbox_unavailable",
      "A box cannot be made: user namespaces are forbidden for this user. To mend it, allow them: sudo sysctl -w user.max_user_namespaces=15000.",
    );
    await using engine = await testEngine({ driver: failingDriver("forbidden", forbidden) });
    await using app = await testApp({}, { boxService: engine.connection });
    const repository = await app.repository();
    const number = await app.pullRequest(repository);
    const { state, comment } = await app.ask(repository, number, "/box run true");
    expect(state.outcome).toMatchObject({ failure: { code: "box-unavailable", step: "prepare" } });
    expect(comment).toContain("user namespaces are forbidden for this user");
    expect(comment).toContain("sysctl -w user.max\\_user\\_namespaces=15000");
  });
});

async function setBack(repository: RepositoryHandle, branch: string, sha: string): Promise<void> {
  const { token } = host.github.createUser({ login: `admin-${repository.id}` });
  repository.setPermission(`admin-${repository.id}`, "admin");
  const answer = await fetch(
    `${host.github.apiUrl}/repos/${repository.fullName}/git/refs/heads/${branch}`,
    {
      method: "PATCH",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ sha, force: true }),
    },
  );
  expect(answer.status).toBe(200);
}
