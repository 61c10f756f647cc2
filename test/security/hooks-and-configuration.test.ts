import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestApp, testApp } from "../support/test-app.ts";

// What an agent, or a repository's install script, may set up in its clone to have a say in our commit.
const TRAPS = `
mkdir -p /tmp/hooks
for hook in reference-transaction post-index-change pre-commit commit-msg post-checkout pre-push; do
  printf '#!/bin/sh\\necho "%s" >> "$(git rev-parse --show-toplevel)/hook-ran.txt"\\nexit 1\\n' $hook > /tmp/hooks/$hook
  chmod +x /tmp/hooks/$hook
done
printf '#!/bin/sh\\necho ran > /workspace/home/site/monitor-ran.txt\\nexit 1\\n' > /tmp/monitor
chmod +x /tmp/monitor
echo work > work.txt
git config core.hooksPath /tmp/hooks
git config core.fsmonitor /tmp/monitor
git config user.name Mallory
git config user.email mallory@example.com
git config commit.gpgSign true
git config gpg.program /tmp/monitor
git config diff.external /tmp/monitor
git config alias.add '!false'
git config bundle.version 99`;

let host: TestApp;
beforeAll(async () => {
  host = await testApp({ "set traps": TRAPS, "fail in a trap": `${TRAPS}\nexit 1` });
});
afterAll(() => host[Symbol.asyncDispose]());

it("hooks, monitors and identities of the clone have no say in the commit", async () => {
  const repository = await host.repository();
  const number = await host.pullRequest(repository);
  const { state } = await host.ask(repository, number, "/box set traps");
  expect(state.outcome).toEqual({ status: "succeeded" });
  expect(state.commit?.files.map(({ path }) => path)).toEqual(["work.txt"]);
  const [commit] = await repository.log("change");
  expect(commit?.author.name).toBe("box-action[bot]");
  expect(commit?.committer.name).toBe("box-action[bot]");
});

it("they have no say in the patch of a job that failed either", async () => {
  const repository = await host.repository();
  const number = await host.pullRequest(repository);
  const { comment } = await host.ask(repository, number, "/box fail in a trap");
  expect(comment).toContain("+work");
  expect(comment).not.toContain("-ran.txt");
});
