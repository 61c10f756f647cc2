// The snippets of the documentation's page about the shell, as they stand there, each with what its
// comments say. Left out: the installation of Debian packages and the lines for SSH.
// biome-ignore-all lint/suspicious/noConsole: the snippets print.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { Agent, Box } from "../../src/box/index.ts";
import { type SeedHost, seedHost, shown } from "./seed-host.ts";

let host: SeedHost;
beforeAll(async () => {
  host = await seedHost({
    "Run the test suite": `cd your-api && npm test || { sed -i 's/a - b/a + b/' sum.js; npm test; } >&2`,
    "Write a data pipeline": "say 'There is nothing to read.'",
  });
});
afterEach(() => vi.restoreAllMocks());
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  expect(host.engine.errors).toEqual([]);
});

const PASSES = JSON.stringify({
  scripts: {
    test: "echo 'PASS src/auth.test.ts' && echo 'Tests: 12 passed, 12 total'",
    build: "mkdir -p dist && cp src/*.js dist/",
  },
});

describe("API", () => {
  it("Run a shell command", async () => {
    const box = await Box.create();
    const screen = shown();

    const run = await box.exec.command("echo hello");
    console.log(run.result); // "hello"
    console.log(run.status); // "completed"

    expect(screen.lines).toEqual(["hello", "completed"]);
  });

  it("Run a code snippet", async () => {
    const box = await Box.create();
    const screen = shown();

    const run = await box.exec.code({
      code: "console.log('hello')",
      lang: "js",
      timeout: 10_000,
    });

    console.log(run.output); // "hello"
    console.log(run.exit_code); // "0"

    expect(screen.lines).toEqual(["hello", "0"]);
  });

  it("Check exit status", async () => {
    const box = await Box.create();
    const screen = shown();

    const run = await box.exec.command("node -e 'process.exit(1)'");
    console.log(run.status); // "failed"

    expect(screen.lines).toEqual(["failed"]);
    // "its result contains the stderr output"
    expect((await box.exec.command("ls /nowhere")).result).toContain("/nowhere");
  });

  it("Chain commands", async () => {
    const box = await Box.create();
    await box.files.write({ path: "package.json", content: PASSES });
    const screen = shown();

    const run = await box.exec.command("cd /work && npm install && npm test");
    console.log(run.result);

    expect(run.status).toBe("completed");
    expect(screen.lines[0]).toContain("Tests: 12 passed, 12 total");
  });

  it("Cancel a long-running command", async () => {
    const box = await Box.create();
    const screen = shown();

    const run = await box.exec.command("sleep 10");
    await run.cancel();
    console.log(run.status); // "cancelled"

    expect(screen.lines).toEqual(["cancelled"]);
  });

  it("Cancel a long-running command that is not waited for", async () => {
    const box = await Box.create();
    const run = await box.exec.stream("sleep 1000");
    await run.cancel();
    expect(run.status).toBe("cancelled");
    await expect.poll(async () => (await box.listRuns())[0]?.status).toBe("cancelled");
  });

  it("Retrieve logs", async () => {
    const box = await Box.create();
    await box.files.write({ path: "package.json", content: PASSES });
    const screen = shown();

    const run = await box.exec.command("npm test");
    const logs = await run.logs();
    console.log(logs);
    // [
    //   { timestamp: "2026-02-23T...", level: "info", message: "PASS src/auth.test.ts" },
    //   { timestamp: "2026-02-23T...", level: "info", message: "Tests: 12 passed, 12 total" },
    // ]

    const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT/);
    const lines = ["PASS src/auth.test.ts", "Tests: 12 passed, 12 total"];
    // npm may have a word on a newer npm, on standard error.
    const said = logs.filter(({ level }) => level === "info");
    expect(said.slice(-2)).toEqual(lines.map((message) => ({ timestamp, level: "info", message })));
    expect(screen.lines[0]).toContain("message: 'Tests: 12 passed, 12 total'");
  });
});

describe("Examples", () => {
  it("Install dependencies before a run", async () => {
    const files = {
      "package.json": JSON.stringify({ type: "module", scripts: { test: "node --test" } }),
      "sum.js": "export const sum = (a, b) => a - b;\n",
      "sum.test.js": `import { equal } from "node:assert";\nimport { sum } from "./sum.js";\nequal(sum(1, 2), 3);\n`,
    };
    const remote = await host.github.createRepository({ owner: "user", name: "your-api", files });

    const box = await Box.create({
      runtime: "node",
      agent: {
        harness: Agent.ClaudeCode,
        model: "anthropic/claude-opus-4-6",
        apiKey: process.env.ANTHROPIC_API_KEY,
      },
      git: { token: process.env.GITHUB_TOKEN },
    });

    await box.git.clone({ repo: remote.cloneUrl });
    await box.exec.command("npm install");

    await box.agent.run({
      prompt: "Run the test suite and fix any failing tests",
    });

    expect(await box.exec.command("cd your-api && npm test")).toMatchObject({
      status: "completed",
    });
  });

  it("Run a build and extract artifacts", async () => {
    await mkdir("src");
    await writeFile("src/index.js", "export {};\n");
    await writeFile("package.json", PASSES);

    const box = await Box.create({ runtime: "node" });

    await box.files.upload([
      { path: "./src", destination: "/work/src" },
      { path: "./package.json", destination: "/work/package.json" },
    ]);

    await box.exec.command("cd /work && npm install && npm run build");

    await box.files.download({ path: "/work/dist" });

    await box.delete();

    expect(await readFile("dist/index.js", "utf8")).toBe("export {};\n");
    expect(await box.getStatus()).toEqual({ status: "deleted" });
  });

  it("Health-check before handing off", async () => {
    const screen = shown();

    const box = await Box.create({
      runtime: "python",
      agent: {
        harness: Agent.ClaudeCode,
        model: "anthropic/claude-opus-4-6",
        apiKey: process.env.ANTHROPIC_API_KEY,
      },
    });

    const check = await box.exec.command("python3 --version && pip list");
    console.log(check.result);

    await box.agent.run({
      prompt:
        "Write a data pipeline that reads /work/raw.csv, cleans it, and saves /work/clean.parquet",
    });

    expect(check.stdout).toMatch(/^Python 3\./);
    expect(screen.lines).toEqual([check.result]);
    expect((await box.listRuns())[0]).toMatchObject({ type: "agent", status: "completed" });
  });
});
