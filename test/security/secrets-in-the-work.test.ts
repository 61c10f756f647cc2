import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { RepositoryHandle } from "../../dev/github/index.ts";
import { type TestApp, testApp } from "../support/test-app.ts";
import { type TestEngine, testEngine } from "../support/test-engine.ts";

// An agent that has come by a secret of ours and tells it in every way it has. With characters that
// Markdown escapes, and longer than a subject line.
const secret = `${randomBytes(24).toString("hex")}_*${randomBytes(24).toString("hex")}_~`;
const forms = [
  secret,
  secret.slice(0, 60),
  secret.replace(/[_*~]/g, "\\$&"),
  Buffer.from(secret).toString("base64").slice(2, -4),
  encodeURIComponent(secret),
];

let engine: TestEngine;
let host: TestApp;
beforeAll(async () => {
  const say = (words: string) => `printf 'event: text\\ndata: {"text":"%s\\\\n"}\\n\\n' '${words}'`;
  const tellAll = [
    say(`here it is: ${secret}`),
    say(secret.slice(0, 20)),
    `printf 'event: tool\\ndata: {"name":"Bash","input":{"command":"curl -H %s"},"tool_call_id":"1"}\\n\\n' '${secret}'`,
    `printf 'event: tool_result\\ndata: {"tool_call_id":"1","output":"%s"}\\n\\n' "$(printf '%s' '${secret}' | base64 -w0)"`,
  ].join("\n");
  host = await testApp(
    {
      "tell it": `${tellAll}\necho change > change2.txt\nfinish '${secret} is the key'`,
      "fail with it": `echo '${secret}' > key.txt; echo 'bad key ${secret}' >&2; exit 1`,
    },
    async (github) => {
      engine = await testEngine({ apiKey: secret, allowedHosts: [new URL(github.url).host] });
      return { boxService: { baseUrl: engine.baseUrl, apiKey: secret } };
    },
  );
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

function expectNone(text: string): void {
  for (const form of forms) expect(text).not.toContain(form);
}

async function everything(repository: RepositoryHandle, number: number): Promise<string> {
  const said = repository.comments(number).flatMap(({ id }) => repository.history(id));
  const pulls = await Promise.all(
    repository
      .numbers()
      .filter((one) => one !== number)
      .map((one) => repository.pullRequest(one)),
  );
  const branches = await repository.branches();
  const commits = await Promise.all(Object.keys(branches).map((name) => repository.log(name)));
  return JSON.stringify({ said, pulls, branches, commits }, null, 1);
}

it("finds it in no comment, title, description, branch, commit message or event", async () => {
  const repository = await host.repository();
  const { number } = await repository.createIssue({ author: host.maintainer, title: "Tell" });
  const { state, events } = await host.ask(repository, number, "/box tell it");
  expect(state.outcome).toEqual({ status: "succeeded" });
  const all = await everything(repository, number);
  expect(all).toContain("[redacted]");
  expectNone(all);
  expectNone(JSON.stringify(events));
});

it("finds it in no reason of a failure and no patch", async () => {
  const repository = await host.repository();
  const number = await host.pullRequest(repository);
  const { comment } = await host.ask(repository, number, "/box fail with it");
  expect(comment).toContain("key.txt");
  expect(comment).toMatch(/bad key \\?\[redacted/);
  expectNone(comment);
});
