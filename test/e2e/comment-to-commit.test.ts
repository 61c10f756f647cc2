import { afterAll, beforeAll, describe, it } from "vitest";
import { type TestApp, testApp } from "../support/test-app.ts";

let host: TestApp;
beforeAll(async () => {
  host = await testApp({
    "the greeting": `say 'I see it.'\nprintf 'hello\\n' > greeting.txt`,
    nothing: "say 'There is nothing to do.'",
    "show the prompt": 'printf "%s" "$prompt" > prompt.txt',
    "give up": "echo 'the model is overloaded' >&2; exit 3",
    "say an error": `printf 'event: error\\ndata: {"error":"out of credit"}\\n\\n'; exit 0`,
    "own commits":
      "echo one > one.txt; git add -A; git -c user.name=x -c user.email=x@x.x commit -qm mine; git checkout -q -b elsewhere; echo two > two.txt",
  });
});
afterAll(() => host[Symbol.asyncDispose]());

describe.concurrent("a comment on a pull request", () => {
  it("that asks the agent ends as one commit of the App's on the pull request's branch", async ({
    expect,
  }) => {
    const repository = await host.repository({ private: true });
    const number = await host.pullRequest(repository);
    const { state, comment, job } = await host.ask(repository, number, "/box fix the greeting");
    expect(state.outcome).toEqual({ status: "succeeded" });
    const [commit, before] = await repository.log("change");
    expect(commit?.sha).toBe(state.published?.sha);
    expect(commit?.parents).toEqual([before?.sha]);
    expect(before?.sha).toBe(job.target.sha);
    const { login, id } = host.app.botUser;
    const email = `${id}+${login}@users.noreply.127.0.0.1`;
    expect(commit?.author).toMatchObject({ name: login, email });
    expect(commit?.committer).toMatchObject({ name: login, email });
    expect(commit?.message).toContain("Did the greeting");
    expect(commit?.message).toContain(`Asked for in #${number}: /box fix the greeting`);
    expect(commit?.message).toMatch(/^Co-authored-by: maya <\d+\+maya@users\.noreply\./m);
    expect(await repository.read("change", "greeting.txt")).toBe("hello\n");
    expect(comment).toContain("Done, not tested");
    expect(comment).toContain("$0.02");
    expect(comment).toContain("`greeting.txt` added +1 −0");
    expect(repository.comments(number)).toHaveLength(2);
  });

  it("gets 👀 on the comment that asked", async ({ expect }) => {
    const repository = await host.repository();
    const number = await host.pullRequest(repository);
    const { job } = await host.ask(repository, number, "/box run true");
    const reactions = repository.reactions({ comment: job.request.origin.id });
    expect(reactions.map(({ content }) => content)).toEqual(["eyes"]);
  });

  it("that runs a command commits what the command changed, and needs no model", async ({
    expect,
  }) => {
    const repository = await host.repository();
    const number = await host.pullRequest(repository);
    const { state } = await host.ask(repository, number, "/box run echo made > made.txt; echo ran");
    expect(state.usage.costUsd).toBe(0);
    expect(state.outputTail).toContain("ran");
    expect(await repository.read("change", "made.txt")).toBe("made\n");
    const [commit] = await repository.log("change");
    expect(commit?.message.split("\n")[0]).toBe("Run echo made > made.txt; echo ran");
  });

  it("that leads to no change says so and commits nothing", async ({ expect }) => {
    const repository = await host.repository();
    const number = await host.pullRequest(repository);
    const before = await repository.branches();
    const { state, comment } = await host.ask(repository, number, "/box nothing");
    expect(state.outcome).toEqual({ status: "unchanged" });
    expect(comment).toContain("Nothing was changed");
    expect(await repository.branches()).toEqual(before);
  });

  it("whose agent ends without a result fails with the agent's own words", async ({ expect }) => {
    const repository = await host.repository();
    const number = await host.pullRequest(repository);
    const { state, comment } = await host.ask(repository, number, "/box give up");
    expect(state.outcome).toMatchObject({ status: "failed", failure: { code: "agent-failed" } });
    expect(comment).toContain("Failed at step “Work”");
    expect(comment).toContain("exit code 3");
    expect(comment).toContain("the model is overloaded");
  });

  it("whose agent reports an error fails with that error", async ({ expect }) => {
    const repository = await host.repository();
    const number = await host.pullRequest(repository);
    const { comment } = await host.ask(repository, number, "/box say an error");
    expect(comment).toContain("out of credit");
    expect(comment).toContain("What to do");
  });

  it("whose command fails says exit code and output, and keeps the changes as a patch", async ({
    expect,
  }) => {
    const repository = await host.repository();
    const number = await host.pullRequest(repository);
    const before = await repository.branches();
    const command = "/box run echo half > half.txt; echo it broke; exit 7";
    const { state, comment } = await host.ask(repository, number, command);
    expect(state.outcome).toMatchObject({ status: "failed", failure: { code: "command-failed" } });
    expect(comment).toContain("exit code 7");
    expect(comment).toContain("it broke");
    expect(comment).toContain("+half");
    expect(await repository.branches()).toEqual(before);
  });

  it("is one commit whatever the agent did to commits and branches itself", async ({ expect }) => {
    const repository = await host.repository();
    const number = await host.pullRequest(repository);
    await host.ask(repository, number, "/box make own commits");
    const [commit, before] = await repository.log("change");
    expect(commit?.parents).toEqual([before?.sha]);
    expect(before?.message).toBe("Update files");
    expect(await repository.read("change", "one.txt")).toBe("one\n");
    expect(await repository.read("change", "two.txt")).toBe("two\n");
    expect(Object.keys(await repository.branches()).sort()).toEqual(["change", "main"]);
  });
});

describe.concurrent("a comment on an issue", () => {
  it("opens a pull request from a new branch that closes the issue", async ({ expect }) => {
    const repository = await host.repository({ defaultBranch: "trunk" });
    const { number } = await repository.createIssue({
      author: host.maintainer,
      title: "No greeting",
      body: "There is none.",
    });
    const { state, comment, job } = await host.ask(repository, number, "/box fix the greeting");
    expect(state.outcome).toEqual({ status: "succeeded" });
    const opened = state.published?.pullRequest;
    expect(opened).toMatchObject({ created: true });
    const pullRequest = await repository.pullRequest(opened?.number ?? 0);
    expect(pullRequest).toMatchObject({
      title: "Did the greeting",
      head: { ref: job.target.branch },
      base: { ref: "trunk" },
      user: { login: "box-action[bot]" },
    });
    expect(pullRequest.body).toMatch(new RegExp(`^Closes #${number}$`, "m"));
    expect(await repository.read(job.target.branch, "greeting.txt")).toBe("hello\n");
    expect(comment).toContain(`Opened [pull request ${opened?.number}]`);
    await repository.merge(opened?.number ?? 0, { by: host.maintainer });
    expect(repository.issue(number).state).toBe("closed");
  });

  it("is told when the repository is empty", async ({ expect }) => {
    const repository = await host.repository({ files: undefined as never });
    const { number } = await repository.createIssue({ author: host.maintainer, title: "Begin" });
    await repository.comment(number, { author: host.maintainer, body: "/box fix the greeting" });
    await expect
      .poll(() => repository.comments(number).map(({ body }) => body), { timeout: 20_000 })
      .toContainEqual(expect.stringContaining("has no branch"));
    expect(await repository.branches()).toEqual({});
  });
});

describe.concurrent("a review comment", () => {
  it("is answered in its own thread, and the agent is told the lines", async ({ expect }) => {
    const repository = await host.repository();
    const number = await host.pullRequest(repository, { files: { "a.txt": "one\ntwo\n" } });
    const first = await repository.reviewComment(number, {
      author: host.maintainer,
      body: "Is this right?",
      path: "a.txt",
      line: 2,
    });
    const { id } = await repository.reviewComment(number, {
      author: host.maintainer,
      body: "/box show the prompt",
      inReplyTo: first.id,
    });
    const { state, comment } = await host.end(id);
    expect(state.outcome).toEqual({ status: "succeeded" });
    expect(comment).toContain("Done, not tested");
    expect(repository.comments(number)).toEqual([]);
    const [, , answer] = repository.reviewComments(number);
    expect(answer).toMatchObject({ in_reply_to_id: first.id, user: { login: "box-action[bot]" } });
    expect(repository.reactions({ reviewComment: id })).toMatchObject([{ content: "eyes" }]);
    const prompt = await repository.read("change", "prompt.txt");
    expect(prompt).toContain('<review-comment file="a.txt" line="2">');
    expect(prompt).toContain("+two");
  });
});

describe.concurrent("what is answered without a job", () => {
  it.for(["/box help", "/box"])("%s is answered with the commands", async (body, { expect }) => {
    const repository = await host.repository();
    const { number } = await repository.createIssue({ author: host.maintainer, title: "Help" });
    await repository.comment(number, { author: host.maintainer, body });
    await expect.poll(() => repository.comments(number).length, { timeout: 20_000 }).toBe(2);
    expect(repository.comments(number)[1]?.body).toContain("/box run");
    expect(host.writes(repository)).toHaveLength(1);
  });

  it.for(["read", "triage", "none"] as const)(
    "somebody with the role %s gets 😕 and one short reply, and no box is made",
    async (role, { expect }) => {
      const repository = await host.repository();
      const number = await host.pullRequest(repository);
      const login = `guest-${role}`;
      host.github.createUser({ login });
      if (role !== "none") repository.setPermission(login, role);
      const { id } = await repository.comment(number, { author: login, body: "/box run true" });
      await expect.poll(() => repository.comments(number).length, { timeout: 20_000 }).toBe(2);
      const reply = repository.comments(number)[1]?.body ?? "";
      expect(reply).toContain("needs write access");
      expect(reply.length).toBeLessThan(120);
      expect(repository.reactions({ comment: id })).toMatchObject([{ content: "confused" }]);
      expect(host.writes(repository)).toHaveLength(2);
      expect(host.ended.filter(({ job }) => job.request.requester.login === login)).toEqual([]);
    },
  );

  it("comments that are not for us lead to no request at all", async ({ expect }) => {
    const repository = await host.repository();
    const { number } = await repository.createIssue({ author: host.maintainer, title: "Talk" });
    const say = (body: string, author = host.maintainer) =>
      repository.comment(number, { author, body });
    await say("/boxing is a sport");
    await say("> /box run true");
    await say("    /box run true");
    await say("```\n/box run true\n```");
    await say("Look: /box run true");
    await say("/box run true", "box-action[bot]");
    const { id } = await say("first words");
    await repository.editComment(id, { body: "/box run true" });
    await host.github.settled();
    // What comes later is handled later: when this is answered, the others have been looked at.
    await say("/box help");
    await expect.poll(() => repository.comments(number).length, { timeout: 20_000 }).toBe(9);
    expect(host.writes(repository)).toEqual([
      `POST /repos/${repository.fullName}/issues/${number}/comments`,
    ]);
    // The answer to the last delivery may still be under way, though its comment is there.
    await host.github.settled();
    const ours = host.github.deliveries.filter((one) => one.repositoryId === repository.id);
    expect(ours.every(({ status }) => status === 202)).toBe(true);
  });
});

describe.concurrent("the same delivery, sent again", () => {
  it("is one job, one comment and one commit", async ({ expect }) => {
    const repository = await host.repository();
    const number = await host.pullRequest(repository);
    const body = "/box run date +%N > time.txt";
    const { id, delivered } = await repository.comment(number, { author: host.maintainer, body });
    const [delivery] = await delivered;
    const again = await host.github.redeliver(delivery?.guid ?? "");
    await host.end(id);
    const later = await host.github.redeliver(delivery?.guid ?? "");
    expect([again.status, later.status]).toEqual([202, 202]);
    // A job of its own in the same thread would come before this one's.
    await host.ask(repository, number, "/box run true");
    expect(host.ended.filter(({ job }) => job.request.origin.id === id)).toHaveLength(1);
    expect(repository.comments(number)).toHaveLength(4);
    expect(await repository.log("change")).toHaveLength(3);
  });

  it("is taken again when GitHub failed before anything came of it", async ({ expect }) => {
    const repository = await host.repository();
    const number = await host.pullRequest(repository);
    host.github.failNext({
      method: "GET",
      path: new RegExp(`${repository.fullName}/collaborators/`),
      status: 403,
    });
    const body = "/box run echo > made.txt";
    const { id, delivered } = await repository.comment(number, { author: host.maintainer, body });
    const [delivery] = await delivered;
    const isEnded = () => host.ended.some(({ job }) => job.request.origin.id === id);
    // The refusal reaches the App a little later than us.
    await expect
      .poll(() => host.github.redeliver(delivery?.guid ?? "").then(isEnded), { timeout: 20_000 })
      .toBe(true);
    expect((await host.end(id)).state.outcome).toEqual({ status: "succeeded" });
  });
});
