import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestApp, testApp } from "../support/test-app.ts";

const run = promisify(execFile);

// Everything that starts like a GitHub token or is the beginning of one in base64 (`x-access-token:`).
// Written so that the search does not find itself in /proc.
const SEARCH = `
pattern='gh[sp]_[A-Za-z0-9]|eC1hY2Nlc3M[t]dG9rZW4|PRIVATE KE[Y]|[Aa]uthorization: [Bb]asic'
{
  echo "control: $(printf 'gh%s_abc' s | grep -cE "$pattern")"
  env
  git config --list --show-origin
  git remote --verbose
  cat .git/config .git/FETCH_HEAD .git/packed-refs .git/logs/HEAD 2>&1
  find / -xdev -name '*.git-credentials' -o -name .netrc 2>/dev/null
  grep -rlaE "$pattern" /home/boxuser /workspace /tmp /run /var/tmp /etc 2>/dev/null | sed 's/^/found in: /'
  for file in /proc/[0-9]*/environ /proc/[0-9]*/cmdline; do
    tr '\\0' '\\n' < "$file" 2>/dev/null | grep -aE "$pattern" | sed 's/^/found in proc: /'
  done
} > seen.txt 2>&1`;

let host: TestApp;
beforeAll(async () => {
  host = await testApp({
    // At the agent's time, and once more by what it leaves running: when the tests, the commit and the
    // bundle are made.
    "look around": SEARCH,
  });
});
afterAll(() => host[Symbol.asyncDispose]());

it("a box that a private repository was cloned into holds no credential anywhere", async () => {
  const repository = await host.repository({ private: true });
  const number = await host.pullRequest(repository);
  const { state } = await host.ask(repository, number, "/box look around");
  expect(state.outcome).toEqual({ status: "succeeded" });
  const seen = (await repository.read("change", "seen.txt")) ?? "";
  // The search does find what is there.
  expect(seen).toContain("control: 1");
  expect(seen).toContain("core.bare=false");
  expect(seen).not.toMatch(/^found in/m);
  expect(seen).not.toMatch(/gh[sp]_/);
  expect(seen).not.toContain(host.config.webhookSecret);
  expect(seen).not.toContain(host.served.boxService.apiKey);
  expect(seen).toContain(`${repository.cloneUrl} (fetch)`);
});

it("no token stays on the trusted side either, and none is in what people can read", async () => {
  const { stdout } = await run("sh", [
    "-c",
    `grep -rlaE 'ghs_[A-Za-z0-9]|eC1hY2Nlc3M' "$1" || true`,
    "search",
    host.data,
  ]);
  expect(stdout).toBe("");
  const told = JSON.stringify(host.ended.map(({ events, comment }) => ({ events, comment })));
  expect(told).not.toMatch(/ghs_[A-Za-z0-9]/);
});
