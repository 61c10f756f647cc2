import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { configSchema } from "../../../src/core/config/config-schema.ts";
import { protectedPaths } from "../../../src/core/config/protected-paths.ts";
import { readConfig } from "../../../src/core/config/read-config.ts";

describe(".github/box.yml", () => {
  it.each([[null], [""], ["# nothing\n"]])("may be %j, and everything has a default", (text) => {
    expect(readConfig(text)).toMatchObject({
      config: { attempts: 2, permission: "write", protected: [], draft: false, timeout: 60 },
    });
  });

  it("takes one command or several", () => {
    expect(readConfig("setup: npm ci\nverify: [npm run lint, npm test]\n")).toMatchObject({
      config: { setup: ["npm ci"], verify: ["npm run lint", "npm test"] },
    });
  });

  it.each([
    ["attempts: 9\n", /line 1: attempts: /],
    ["harness: codex\n\nbudget:\n  job: -1\n", /line 4: budget\.job: /],
    ["permission:\n  fly: write\n", /line [12]: permission/],
    ["verify: { a: b }\n", /line 1: verify: /],
    ["\tmodel: x\n", /line 1/],
    [
      "a: &a [x]\nb: [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n",
      /box\.yml/,
    ],
    ["model: !!js/function 'x'\n", /box\.yml/],
  ])("that is %j is wrong, and where is said", (text, problem) => {
    expect(readConfig(text)).toEqual({ problem: expect.stringMatching(problem) });
  });

  it("is described for editors by the file that is published", async () => {
    const file = new URL("../../../schema/box.schema.json", import.meta.url);
    expect(JSON.parse(await readFile(file, "utf8"))).toEqual(configSchema());
  });
});

describe("protected paths", () => {
  it.each([
    ".github/workflows/ci.yml",
    ".GitHub/CODEOWNERS",
    "docs/CODEOWNERS",
    "CLAUDE.md",
    "packages/a/AGENTS.override.md",
    ".claude/settings.json",
    "deep/.cursor/rules/x.mdc",
    ".husky/pre-commit",
    ".gitmodules",
  ])("%s is one", (path) => {
    expect(protectedPaths([path], [])).toEqual([path]);
  });

  it.each(["src/a.ts", "github/x", "claude.ts", "docs/agents.md.txt"])("%s is none", (path) => {
    expect(protectedPaths([path], [])).toEqual([]);
  });

  it("are also those that the repository names", () => {
    const own = ["infra/**", "*.lock"];
    expect(protectedPaths(["infra/a/b.tf", "x.lock", "sub/x.lock", "a.ts"], own)).toEqual([
      "infra/a/b.tf",
      "x.lock",
    ]);
  });
});
