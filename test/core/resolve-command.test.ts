import { expect, it } from "vitest";
import { branchName } from "../../src/core/branch-name.ts";
import { BoxConfig } from "../../src/core/config/box-config.ts";
import { shownLines } from "../../src/core/diff-lines.ts";
import { resolveCommand } from "../../src/core/resolve-command.ts";
import { aRequest } from "../support/a-request.ts";

const resolved = (label: string, config: object = {}) =>
  resolveCommand(aRequest({ command: { verb: "label", label } }), BoxConfig.parse(config));

it("a label means what the configuration says, else the thread itself, else nothing", () => {
  const labels = {
    "box:triage": "/box ask --budget 1 which labels fit?",
    "box:poem": "Write a poem",
    "box:stop": "/box cancel",
  };
  expect(resolved("BOX:TRIAGE", { labels })).toMatchObject({
    request: {
      command: { verb: "ask", question: "which labels fit?" },
      options: { budgetUsd: 1 },
    },
  });
  expect(resolved("box:poem", { labels })).toMatchObject({
    request: { command: { verb: "prompt", prompt: "Write a poem" } },
  });
  // A label asks for work; this one is words.
  expect(resolved("box:stop", { labels })).toMatchObject({
    request: { command: { verb: "prompt", prompt: "/box cancel" } },
  });
  expect(resolved("box")).toMatchObject({
    request: { command: { prompt: "Do what this pull request asks for: A title" } },
  });
  expect(resolved("box:other", { labels })).toEqual({ nothing: true });
  expect(resolved("box", { labels: { Box: "Say hello" } })).toMatchObject({
    request: { command: { prompt: "Say hello" } },
  });
});

it("a branch's name is made of what the template names, and is one that git takes", () => {
  const request = aRequest({ kind: "issue", title: "Café: it's --broken/../.lock 🙂!" });
  const name = (template: string) => branchName(template, request, "0123456789ab");
  expect(name("box/{kind}-{number}-{id}")).toBe("box/issue-7-0123456789ab");
  expect(name("{requester}/{title}-{id}")).toBe("maya/caf-it-s-broken-lock-0123456789ab");
  expect(branchName("{title}-{id}", aRequest({ title: "🙂" }), "1")).toBe("untitled-1");
});

it.each([
  ["../{id}"],
  ["box/{number}"],
  ["{branch}-{id}"],
  ["-{id}"],
  ["a//{id}"],
  ["{id}."],
  ["{id}/"],
  ["a b{id}"],
  ["a~{id}"],
])("%s is refused as a template of branches", (branch) => {
  expect(BoxConfig.safeParse({ branch }).success).toBe(false);
});

it("the lines that a patch shows are those of the new version, by hunk", () => {
  const patch =
    "@@ -1,3 +1,3 @@\n one\n-two\n+zwei\n three\n\\ No newline at end of file\n@@ -10 +10,2 @@ x\n ten\n+eleven";
  expect([...shownLines(patch)]).toEqual([
    [1, 0],
    [2, 0],
    [3, 0],
    [10, 1],
    [11, 1],
  ]);
  expect(shownLines("").size).toBe(0);
});
