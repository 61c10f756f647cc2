import { afterAll, beforeAll, describe, it } from "vitest";
import { type TestApp, testApp } from "../support/test-app.ts";

let host: TestApp;
beforeAll(async () => {
  host = await testApp({
    "change files":
      "printf 'new\\n' > new.txt; printf '\\000\\377' > image.bin; rm gone.txt; printf 'x\\n' > 'ü b.txt'",
    "make it executable": "chmod +x new.sh; printf 'x' > x.txt",
    "work slowly":
      "say waiting; while [ ! -e /tmp/go-on ]; do sleep 0.05; done; printf 'w' > w.txt",
  });
});
afterAll(() => host[Symbol.asyncDispose]());

const place = () =>
  host.repository({
    files: {
      "README.md": "# Site\n",
      "gone.txt": "gone\n",
      "new.sh": "#!/bin/sh\n",
      ".github/box.yml": "commit: { verified: true }\n",
    },
  });

const writes = (fullName: string) =>
  host.github.requests.filter(({ path }) => path.includes(fullName) && path.includes("git/refs"));

describe.concurrent("commits that GitHub is to make", () => {
  it("are verified, by the App, with who asked as co-author, on a new branch too", async ({
    expect,
  }) => {
    const repository = await place();
    const { number } = await repository.createIssue({ author: host.maintainer, title: "x" });
    const { state, comment } = await host.ask(repository, number, "/box change files");
    expect(state.outcome).toEqual({ status: "succeeded" });
    const branch = state.published?.branch ?? "";
    const [commit] = await repository.log(branch);
    expect(commit?.sha).toBe(state.published?.sha);
    expect(commit?.committer.email).toBe("noreply@github.com");
    expect(commit?.author.name).toBe("box-action[bot]");
    expect(commit?.message).toContain("Co-authored-by: maya");
    expect(await repository.read(branch, "new.txt")).toBe("new\n");
    expect(await repository.read(branch, "ü b.txt")).toBe("x\n");
    expect(await repository.read(branch, "gone.txt")).toBeUndefined();
    expect(comment).toContain(commit?.sha.slice(0, 7) ?? "-");
    expect(writes(repository.fullName)).toHaveLength(1);
  });

  it("are pushed where it cannot, and the comment says so", async ({ expect }) => {
    const repository = await place();
    const number = await host.pullRequest(repository);
    const { state, comment } = await host.ask(repository, number, "/box make it executable");
    expect(state.outcome).toEqual({ status: "succeeded" });
    expect(comment).toContain("The commit is not verified");
    const [commit] = await repository.log("change");
    expect(commit?.committer.email).not.toBe("noreply@github.com");
  });

  it("are on top of what somebody else has pushed meanwhile", async ({ expect }) => {
    const { Box } = await import("../../src/box/index.ts");
    const repository = await place();
    const number = await host.pullRequest(repository);
    const body = "/box work slowly";
    const { id } = await repository.comment(number, { author: host.maintainer, body });
    await host.event(id, "agent-text");
    const theirs = await repository.commit("change", { "theirs.txt": "x\n" }, { quiet: true });
    const box = await Box.get(host.boxOf(id), host.served.boxService);
    await box.files.write({ path: "/tmp/go-on", content: "" });
    const { state } = await host.end(id);
    expect(state.outcome).toEqual({ status: "succeeded" });
    const [ours, below] = await repository.log("change");
    expect(below?.sha).toBe(theirs);
    expect(ours?.committer.email).toBe("noreply@github.com");
  });
});

// Alone: any request of this kind is held.
describe("a commit that GitHub makes without saying so", () => {
  it("is found, and not made twice", async ({ expect }) => {
    const repository = await place();
    const number = await host.pullRequest(repository);
    const before = (await repository.log("change")).length;
    const hold = host.github.holdNext({ method: "POST", path: /graphql$/, when: "after" });
    const ended = host.ask(repository, number, "/box change files");
    await hold.reached;
    hold.cut();
    const { state } = await ended;
    expect(state.outcome).toEqual({ status: "succeeded" });
    expect(await repository.log("change")).toHaveLength(before + 1);
  });
});
