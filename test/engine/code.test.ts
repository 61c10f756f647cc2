import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Box } from "../../src/box/index.ts";
import { type TestEngine, testEngine } from "../support/test-engine.ts";

let host: TestEngine;
let box: Box;
beforeAll(async () => {
  host = await testEngine();
  box = await host.box();
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  expect(host.errors).toEqual([]);
});

interface Answer {
  exit_code: number;
  output: string;
  error?: string;
}

async function run(body: object): Promise<Answer> {
  const response = await host.request(`/${box.id}/code`, {
    method: "POST",
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(200);
  return (await response.json()) as Answer;
}

describe("code", () => {
  it.each([
    ["CommonJS", "js", 'console.log(require("node:path").basename("/a/b"))', "b\n"],
    [
      "an ES module",
      "js",
      'import path from "node:path"; console.log(path.basename("/a/b"))',
      "b\n",
    ],
    ["a module that awaits", "js", "console.log(await Promise.resolve(7))", "7\n"],
    [
      "TypeScript with types alone",
      "ts",
      'import type { A } from "./none.ts";\nconst n: number = await Promise.resolve(3 as number);\nconsole.log(n)',
      "3\n",
    ],
    [
      "TypeScript with enums and parameter properties",
      "ts",
      "enum Color { Red, Green }\nclass P { constructor(readonly x: number) {} }\nconsole.log(Color[1], new P(4).x)",
      "Green 4\n",
    ],
    [
      "TypeScript as CommonJS",
      "ts",
      'const fs: any = require("node:fs"); console.log(typeof fs)',
      "object\n",
    ],
    ["Python", "python", "import sys\nprint(sum(range(5)), len(sys.argv))", "10 1\n"],
    [
      "code that a shell would read",
      "js",
      "console.log(`$HOME \\`id\\` 'quoted' \"twice\"`)",
      "$HOME `id` 'quoted' \"twice\"\n",
    ],
  ])("runs %s", async (_what, language, code, output) => {
    expect(await run({ code, language })).toEqual({ exit_code: 0, output });
  });

  it("runs in the folder, whose modules it can import", async () => {
    await box.files.write({ path: "lib/mine.mjs", content: "export const mine = 42;" });
    await box.files.write({ path: "lib/theirs.py", content: "theirs = 43" });
    const js = await run({
      code: 'import { mine } from "./mine.mjs"; console.log(mine, process.cwd())',
      language: "js",
      folder: "lib",
    });
    expect(js.output).toBe("42 /workspace/home/lib\n");
    const python = await run({
      code: "import theirs; print(theirs.theirs)",
      language: "python",
      folder: "lib",
    });
    expect(python.output).toBe("43\n");
  });

  it("takes code that is longer than any argument may be", async () => {
    const code = `const s = "${"x".repeat(3_000_000)}"; console.log(s.length)`;
    expect((await run({ code, language: "js" })).output).toBe("3000000\n");
  });

  it.each([
    ["an exit", "js", "console.log(1); process.exit(3)", 3, "1\n", undefined],
    [
      "an exception",
      "python",
      "print(1)\nraise ValueError('no good')",
      1,
      "1\n",
      /ValueError: no good/,
    ],
    [
      "TypeScript that is none",
      "ts",
      "const a = 1;\nconst x: = 1",
      1,
      "",
      /code\.ts:2:10: SyntaxError/,
    ],
    ["JavaScript that is none", "js", "const = 1", 1, "", /SyntaxError/],
  ])("tells the end of %s", async (_what, language, code, exit_code, output, error) => {
    const answer = await run({ code, language });
    expect(answer).toMatchObject({ exit_code, output });
    if (error !== undefined) expect(answer.error).toMatch(error);
  });

  it("is ended with all its children when its time is over, and says so", async () => {
    const code = `
      const child = require("node:child_process").spawn("sleep", ["1000"]);
      console.log(child.pid); setInterval(() => {}, 1000)`;
    const answer = await run({ code, language: "js", timeout: 700 });
    expect(answer.exit_code).toBe(124);
    expect(answer.error).toContain("timeout of 700 ms");
    const child = answer.output.trim();
    expect(child).toMatch(/^\d+$/);
    expect((await box.exec.command(`kill -0 ${child}`)).exitCode).not.toBe(0);
    const { runs } = (await (await host.request(`/${box.id}/runs`)).json()) as {
      runs: Array<{ prompt: string }>;
    };
    expect(runs.find(({ prompt }) => prompt.includes("child_process"))).toMatchObject({
      type: "shell",
      status: "failed",
    });
  });

  it("may be given more time than a timer of Node counts", async () => {
    expect(await run({ code: "1", language: "js", timeout: 2 ** 40 })).toMatchObject({
      exit_code: 0,
    });
  });

  it.each([
    ["another language", { code: "1", language: "perl" }, /language/],
    ["no code", { language: "js" }, /code/],
    ["a timeout of no time", { code: "1", language: "js", timeout: 0 }, /timeout/],
  ])("refuses %s", async (_what, body, message) => {
    const response = await host.request(`/${box.id}/code`, {
      method: "POST",
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(400);
    expect(((await response.json()) as { error: string }).error).toMatch(message);
  });
});

describe("code-stream", () => {
  const stream = async (body: object) =>
    host.request(`/${box.id}/code-stream`, { method: "POST", body: JSON.stringify(body) });

  it.each([
    ["js", "console.log('one'); setTimeout(() => console.log('two'), 400)"],
    ["python", "import time\nprint('one')\ntime.sleep(0.4)\nprint('two')"],
  ])("delivers what %s prints as it is printed, then one exit", async (language, code) => {
    const response = await stream({ code, language });
    const pieces: string[] = [];
    for await (const piece of response.body ?? []) pieces.push(Buffer.from(piece).toString());
    // Python may write a line and its end by two calls.
    expect(pieces[0]?.trimEnd()).toBe("one");
    expect(pieces.join("")).toMatch(
      /^one\ntwo\nevent: exit\ndata: \{"exit_code":0,"cpu_ns":\d+\}\n\n$/,
    );
  });

  it("says in the output that the time is over", async () => {
    const text = await (
      await stream({ code: "print(1)\nwhile True: pass", language: "python", timeout: 500 })
    ).text();
    expect(text).toMatch(/^1\n.*timeout of 500 ms.*\nevent: exit\ndata: \{"exit_code":124,/);
  });
});
