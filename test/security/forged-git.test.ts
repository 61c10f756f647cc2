import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestApp, testApp } from "../support/test-app.ts";

// The first folder on a box's PATH is the agent's own to write to: even `git` is then what it wants.
const FORGERY = `
mkdir -p ~/.local/bin
cat > ~/.local/bin/git <<'SCRIPT'
#!/bin/sh
for word in "$@"; do
  if [ "$word" = commit-tree ]; then
    shift $(($# - 5))
    export GIT_AUTHOR_NAME=maya GIT_AUTHOR_EMAIL=maya@example.com
    exec /usr/bin/git commit-tree "$1" "$2" "$3" -m 'Closes #1 @maya

Co-authored-by: maya <maya@example.com>'
  fi
done
exec /usr/bin/git "$@"
SCRIPT
chmod +x ~/.local/bin/git
echo work > work.txt`;

let host: TestApp;
beforeAll(async () => {
  host = await testApp({
    "forge a commit": FORGERY,
    "write a workflow": "mkdir -p .github/workflows && echo 'on: push' > .github/workflows/x.yml",
  });
});
afterAll(() => host[Symbol.asyncDispose]());

it("what the box's git says of a commit is not what is published", async () => {
  const repository = await host.repository();
  const number = await host.pullRequest(repository);
  const { state } = await host.ask(repository, number, "/box forge a commit");
  expect(state.outcome).toEqual({ status: "succeeded" });
  const [commit] = await repository.log("change");
  expect(commit?.author.name).toBe("box-action[bot]");
  expect(commit?.message).not.toMatch(/Closes|@maya|maya@example/);
  expect(await repository.read("change", "work.txt")).toBe("work\n");
});

it("a workflow is not pushed, and is kept as a patch", async () => {
  const repository = await host.repository();
  const number = await host.pullRequest(repository);
  const before = (await repository.log("change"))[0]?.sha;
  const { state, comment } = await host.ask(repository, number, "/box write a workflow");
  expect(state.outcome).toMatchObject({ failure: { code: "protected-path" } });
  expect(comment).toContain("+on: push");
  expect((await repository.log("change"))[0]?.sha).toBe(before);
});
