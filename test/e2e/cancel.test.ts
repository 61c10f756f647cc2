import { afterAll, beforeAll, describe, it } from "vitest";
import type { StepName } from "../../src/core/events.ts";
import { type TestApp, testApp } from "../support/test-app.ts";

let host: TestApp;
beforeAll(async () => {
  host = await testApp({
    "work forever": "printf 'half' > half.txt; say begun; while :; do sleep 0.1; done",
    "do it": "printf 'done' > work.txt",
  });
});
afterAll(() => host[Symbol.asyncDispose]());

const MOMENTS: ReadonlyArray<readonly [step: StepName, config: string, command: string]> = [
  ["prepare", "setup: sleep 60\n", "/box do it"],
  ["agent", "", "/box work forever"],
  ["agent", "", "/box run echo half > half.txt; sleep 60"],
  ["verify", "verify: sleep 60\n", "/box do it"],
];

describe.concurrent("/box cancel", () => {
  it.for(MOMENTS)(
    "in the step %s (%s%s) ends the job within seconds, and nothing is pushed",
    async ([step, config, command], { expect }) => {
      const repository = await host.repository({
        files: { "README.md": "# Site\n", ".github/box.yml": config },
      });
      const number = await host.pullRequest(repository);
      const before = await repository.branches();
      const author = host.maintainer;
      const { id } = await repository.comment(number, { author, body: command });
      await host.event(id, "step-started", (event) => event.step === step);
      const cancelling = await repository.comment(number, { author, body: "/box cancel" });
      const { state, comment } = await host.end(id);
      expect(state.outcome).toEqual({ status: "cancelled", by: author });
      expect(comment).toContain("### ⏹️ Cancelled");
      expect(await repository.branches()).toEqual(before);
      await expect
        .poll(() => repository.reactions({ comment: cancelling.id }).length, { timeout: 20_000 })
        .toBe(1);
      expect(repository.comments(number)).toHaveLength(3);
      // What was done so far is not lost.
      if (command.includes("half") || command.includes("forever"))
        expect(comment).toContain("+half");
    },
  );

  it("while the work is being pushed comes too late, and the comment says what is true", async ({
    expect,
  }) => {
    const repository = await host.repository();
    const number = await host.pullRequest(repository);
    const path = new RegExp(`${repository.fullName}.*/git-receive-pack$`);
    const hold = host.github.holdNext({ method: "POST", path, when: "after" });
    const author = host.maintainer;
    const { id } = await repository.comment(number, { author, body: "/box do it" });
    await hold.reached;
    const cancelling = await repository.comment(number, { author, body: "/box cancel" });
    await expect
      .poll(() => repository.reactions({ comment: cancelling.id }).length, { timeout: 20_000 })
      .toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    hold.release();
    const { state, comment } = await host.end(id);
    const [head] = await repository.log("change", 1);
    if (state.outcome?.status === "succeeded") expect(head?.sha).toBe(state.published?.sha);
    else expect(comment).toContain(head?.sha.slice(0, 7) ?? "-");
  });
});
