import { execFile } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DevGitHub, startGitHub } from "../../dev/github/index.ts";
import { Box } from "../../src/box/index.ts";
import { agentScript } from "../support/agent-script.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { type TestEngine, testEngine } from "../support/test-engine.ts";
import { webhookReceiver } from "../support/webhook-receiver.ts";

const root = resolve(import.meta.dirname, "../..");

/** What stands in the place of Claude Code, by what the examples ask it. */
const AGENT = agentScript({
  "Write hello.js": `echo 'console.log("Good morning!")' > hello.js; finish 'Wrote hello.js'`,
  "Suggest one improvement to the tests": "exit 3",
  "Suggest one improvement": `
    say 'I look around.'
    finish '{\\"title\\":\\"Index it\\",\\"effort\\":\\"small\\",\\"steps\\":[\\"index\\"]}'`,
  "Write notes.md": `echo '1. Sleep' > notes.md; finish 'Wrote notes.md'`,
  "Which tools": `
    printf 'event: tool\\ndata: {"name":"mcp__filesystem__list","input":{"path":"."},"tool_call_id":"t"}\\n\\n'
    finish 'filesystem, docs'`,
});

let github: DevGitHub;
let host: TestEngine;
/** One whose agent mends tests; it is the demo's. */
let mending: TestEngine;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let receiver: Awaited<ReturnType<typeof webhookReceiver>>;
let port: number;
beforeAll(async () => {
  [github, receiver, folder, port] = await Promise.all([
    startGitHub(),
    webhookReceiver(),
    temporaryFolder(),
    freePort(),
  ]);
  host = await testEngine({
    agentPrograms: { "claude-code": { command: "sh", args: ["-c", AGENT, "agent"] } },
    allowedHosts: [receiver.host, `127.0.0.1:${port}`],
  });
  const scripted = await readFile(join(root, "dev/agent/scripted-agent.mjs"), "utf8");
  const args = ["--input-type=module", "-e", scripted, "scripted-agent"];
  mending = await testEngine({
    agentPrograms: { "claude-code": { command: "node", args } },
    allowedHosts: [new URL(github.url).host],
  });
});
afterAll(async () => {
  for (const engine of [host, mending]) {
    await engine[Symbol.asyncDispose]();
    expect(engine.errors).toEqual([]);
  }
  await receiver[Symbol.asyncDispose]();
  await github.close();
  await folder[Symbol.asyncDispose]();
});

/** Runs an example as a person would, in an empty folder; what it prints, when it ends well. */
async function run(
  name: string,
  options: { engine?: TestEngine; env?: object; args?: string[] } = {},
) {
  const { engine = host, env, args = [] } = options;
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ["--import", import.meta.resolve("tsx"), join(root, "examples", name), ...args],
    {
      cwd: folder.path,
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        TSX_TSCONFIG_PATH: join(root, "tsconfig.json"),
        UPSTASH_BOX_API_KEY: engine.apiKey,
        UPSTASH_BOX_BASE_URL: engine.baseUrl,
        ...env,
      },
    },
  );
  expect(stderr).toBe("");
  return stdout;
}

/** For a receiver that the engine has to know before there is one. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

const boxesLeft = (engine = host) => Box.list(engine.connection);

describe("examples/", () => {
  it("basic.ts makes a box, has an agent work in it, and reads what it made", async () => {
    const output = await run("basic.ts");
    expect(output).toMatch(/^Box \S+ is there\.\nWrote hello\.js\n1200 tokens read, 34 written\./);
    expect(output).toMatch(/console\.log\("Good morning!"\)\n\ncompleted: Good morning!\n$/);
    expect(await boxesLeft()).toEqual([]);
  });

  it("streaming.ts asks several boxes, and one that fails does not keep the others", async () => {
    const output = await run("streaming.ts");
    expect(output).toContain("[the checkout] I look around.\n");
    expect(output).toContain("\nthe search: Index it (small)\nthe checkout: Index it (small)\n");
    expect(output).toMatch(/\nthe tests: .*exit code 3.*\n$/);
    expect(await boxesLeft()).toEqual([]);
  });

  it("file-upload.ts takes files there and brings the result back", async () => {
    const output = await run("file-upload.ts", { args: [join(root, "examples")] });
    expect(output).toContain("uploaded examples/\n");
    const sizes = await readFile(join(folder.path, "box-output/sizes.txt"), "utf8");
    const { length } = await readFile(join(root, "examples/basic.ts"));
    expect(sizes).toMatch(new RegExp(`^ *${length} input/examples/basic.ts$`, "m"));
    expect(output).toContain(sizes);
    expect(await boxesLeft()).toEqual([]);
  });

  it("git-pr.ts mends a repository and opens a pull request", async () => {
    const repository = await github.createRepository({
      owner: github.createUser({ login: "user" }).login,
      name: "project",
      files: {
        "package.json": JSON.stringify({ type: "module", scripts: { test: "node --test" } }),
        "first.js": "export const first = (list, n) => list.slice(0, n - 1);\n",
        "first.test.js": `import assert from "node:assert";
import test from "node:test";
import { first } from "./first.js";
test("takes the first n", () => assert.deepEqual(first([1, 2, 3], 2), [1, 2]));
`,
      },
    });
    const { token } = github.createUser({ login: "contributor" });
    repository.setPermission("contributor", "write");
    const output = await run("git-pr.ts", {
      engine: mending,
      env: { REPOSITORY: repository.cloneUrl, GITHUB_TOKEN: token },
    });
    expect(output).toContain("· Edit\n");
    expect(output).toContain("+export const first = (list, n) => list.slice(0, n);");
    expect(output).toMatch(/Pull request #1: http\S+\/user\/project\/pull\/1\n$/);
    const branch = Object.keys(await repository.branches()).find((name) => name !== "main") ?? "";
    expect(await repository.read(branch, "first.js")).toContain("slice(0, n);");
    expect(output).not.toContain(token);
    expect(await boxesLeft(mending)).toEqual([]);
  });

  it("git-pr.ts says what it needs", async () => {
    const failed = await run("git-pr.ts").catch((error: { code: number; stderr: string }) => error);
    expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining("GITHUB_TOKEN") });
  });

  it("snapshot-restore.ts starts several boxes from one that is gone", async () => {
    const output = await run("snapshot-restore.ts");
    expect(output).toMatch(/^Snapshot \S+ of \d+ bytes\.\n/);
    expect(output).toMatch(/\nwhat takes long to set up, one\nwhat takes long to set up, two\n$/);
    expect(await boxesLeft()).toEqual([]);
  });

  it("webhook.ts hears from its own receiver that the agent has ended", async () => {
    const output = await run("webhook.ts", { env: { PORT: String(port) } });
    const [, id] = /^Run (\S+) is running;/.exec(output) ?? [];
    expect(output).toContain(`\nRun ${id} has completed: Wrote notes.md\n1. Sleep\n`);
    expect(await boxesLeft()).toEqual([]);
  });

  it("webhook.ts leaves it to a receiver elsewhere, when there is one", async () => {
    const output = await run("webhook.ts", { env: { WEBHOOK_URL: receiver.url } });
    const [, id] = /^Run (\S+) is running;/.exec(output) ?? [];
    const [delivery] = await receiver.received(1);
    expect(JSON.parse(delivery?.body ?? "")).toMatchObject({ run_id: id, status: "completed" });
    expect(delivery?.headers["x-example"]).toBe("1");
    const [, boxId = ""] = /Delete box (\S+) when/.exec(output) ?? [];
    await Box.delete(boxId, host.connection);
  });

  it("multi-runtime.ts runs every language that is there, and says of the others what to do", async () => {
    const lines = (await run("multi-runtime.ts")).trimEnd().split("\n");
    expect(lines).toContain("node: completed: node says 42");
    for (const runtime of ["node", "python", "ruby", "golang", "rust"]) {
      const line = lines.find((text) => text.startsWith(`${runtime}: `));
      expect(line).toMatch(/: completed: \w+ says 42$|\(400, POST .*\)/);
    }
    expect(await boxesLeft()).toEqual([]);
  });

  it("mcp-skills.ts gives an agent tools and skills", async () => {
    const output = await run("mcp-skills.ts");
    expect(output).toContain("Skills: vercel/ai/ai-sdk, anthropics/skills/pdf\n");
    expect(output).toContain("uses mcp__filesystem__list { path: '.' }\nfilesystem, docs\n");
    expect(output).toMatch(/\nSkills: vercel\/ai\/ai-sdk\n/);
    expect(output).toMatch(/\nmcp_servers filesystem, docs: .*\n/);
    expect(await boxesLeft()).toEqual([]);
  });

  it("are all in the table of the page, and all run here", async () => {
    const names = (await readdir(join(root, "examples"))).filter((name) => name.endsWith(".ts"));
    const [page, tests] = await Promise.all([
      readFile(join(root, "examples/README.md"), "utf8"),
      readFile(import.meta.filename, "utf8"),
    ]);
    expect(names).toHaveLength(8);
    for (const name of names) {
      expect(page).toContain(`[${name}](${name})`);
      expect(tests).toContain(`run("${name}"`);
    }
  });
});
