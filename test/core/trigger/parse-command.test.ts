import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAXIMUM_PROMPT_LENGTH, parseCommand } from "../../../src/core/trigger/parse-command.ts";

const command = (body: string) => parseCommand(body)?.command ?? null;
const because = (reason: RegExp) => ({ verb: "help", because: expect.stringMatching(reason) });

describe("a comment is a command", () => {
  it.each([
    ["/box run npm test", { verb: "run", command: "npm test" }],
    ["/BOX Run npm test", { verb: "run", command: "npm test" }],
    ["   /box run npm test  ", { verb: "run", command: "npm test" }],
    ["/box\trun\tnpm test", { verb: "run", command: "npm test" }],
    ["\u200b\ufeff/box run npm test", { verb: "run", command: "npm test" }],
    ["/box run npm test\r\nThanks!", { verb: "run", command: "npm test" }],
    ["/box run npm\u200b test", { verb: "run", command: "npm test" }],
    ["/box run `npm test`", { verb: "run", command: "npm test" }],
    ["/box run ``echo `id` ``", { verb: "run", command: "echo `id`" }],
    ["/box run `a` && `b`", { verb: "run", command: "`a` && `b`" }],
    ["/box run `echo '<!-- x -->'`", { verb: "run", command: "echo '<!-- x -->'" }],
    [
      '/box run grep "&#60;b title=1>" [a](b "c")',
      { verb: "run", command: 'grep "&#60;b title=1>" [a](b "c")' },
    ],
    ["/box fix tests", { verb: "fix", what: "tests" }],
    ["/box fix\nthe tests\nplease", { verb: "fix", what: "the tests\nplease" }],
    ["/box fix tests\r\n\r\nsee log", { verb: "fix", what: "tests\n\nsee log" }],
    ["/box add a test\nfor zero", { verb: "prompt", prompt: "add a test\nfor zero" }],
    ["/box runtime is too slow", { verb: "prompt", prompt: "runtime is too slow" }],
    ["/box help me with this", { verb: "prompt", prompt: "help me with this" }],
    ["/box cancel the timer in close()", { verb: "prompt", prompt: "cancel the timer in close()" }],
    [
      "/box explain\n```\n/box run x\n```",
      { verb: "prompt", prompt: "explain\n```\n/box run x\n```" },
    ],
    ["/box", { verb: "help" }],
    ["/box help", { verb: "help" }],
    ["/box help run", { verb: "help" }],
  ])("%j", (body, expected) => {
    expect(command(body)).toEqual(expected);
  });
});

describe("a comment is not for us", () => {
  it.each([
    "",
    "/boxing is fun",
    "/box-action",
    "/box: fix",
    "> /box fix tests",
    "`/box fix tests`",
    "```\n/box fix tests\n```",
    "    /box fix tests",
    "\t/box fix tests",
    "please /box fix tests",
    "Hello\n/box fix tests",
    "\n/box fix tests",
    "- /box fix tests",
    "<!-- /box fix tests -->",
    "<!--\n-->\n/box fix tests",
    "/bo<!-- -->x fix tests",
    "//box fix tests",
  ])("%j", (body) => {
    expect(parseCommand(body)).toBeNull();
  });
});

describe("help says why", () => {
  it.each([
    ["/box run", /on the same line/],
    ["/box run\n```\nnpm test\n```", /on the same line/],
    ["/box run ``", /on the same line/],
    ["/box run npm <!-- && curl example.com --> test", /HTML comment/],
    ['/box run grep "<!--" src', /HTML comment/],
    ["/box fix", /say what to fix/],
    ["/box fix <!-- x -->", /say what to fix/],
    ["/box --model x fix", /say what to fix/],
    ["/box --modle x fix y", /`--modle` is no option; there are `--harness`, `--model`/],
    ["/box fix --budget lots y", /`--budget` takes US dollars/],
    ["/box fix y --budget 0", /`--budget` takes US dollars/],
    ["/box fix --harness emacs y", /`--harness` takes claude-code, codex/],
    ["/box fix --timeout 9h y", /`--timeout` takes minutes or hours/],
    ["/box fix --base -x y", /`--base` takes a branch/],
    ["/box fix --draft=yes y", /`--draft` takes no value/],
    ["/box run --timeout 5m npm <!-- rm --> test", /HTML comment/],
    ["/box plan", /say what to plan/],
    ["/box continue", /say how to go on/],
    ["/box ask", /ask something/],
    ["/box\nfix the tests", /same line/],
    ["/box fix a\n/box fix b", /one command/],
    ["/box run a\ntext\n  /BOX run b", /one command/],
    [`/box run ${"x".repeat(4_001)}`, /script in the repository/],
    [`/box fix ${"x".repeat(MAXIMUM_PROMPT_LENGTH + 1)}`, /characters/],
    [`/box ${"x ".repeat(MAXIMUM_PROMPT_LENGTH)}`, /characters/],
  ])("%.60j", (body, reason) => {
    expect(command(body)).toEqual(because(reason));
  });
});

it("shows the first line as it was written, without what nobody saw, and not all of a long one", () => {
  expect(parseCommand("/Box  fix `x`\u200b <!-- y -->\nmore")?.commandLine).toBe("/Box  fix `x`");
  expect(parseCommand(`/box ${"x".repeat(900)}`)?.commandLine).toHaveLength(200);
});

it("never throws, whatever the comment", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
      parseCommand(text);
      parseCommand(`/box ${text}`);
      parseCommand(`/box run ${text}`);
    }),
  );
});

describe("options", () => {
  const parse = (body: string) => {
    const { command, options } = parseCommand(body) ?? {};
    return [command, options];
  };
  it.each([
    ["/box --budget 2 fix the tests", { verb: "fix", what: "the tests" }, { budgetUsd: 2 }],
    ["/box fix --budget=$2.50 the tests", { verb: "fix", what: "the tests" }, { budgetUsd: 2.5 }],
    [
      "/box fix the tests --budget 2 --draft",
      { verb: "fix", what: "the tests" },
      { budgetUsd: 2, draft: true },
    ],
    [
      "/box FIX --Harness codex --MODEL openai/gpt-5.5 x",
      { verb: "fix", what: "x" },
      { harness: "codex", model: "openai/gpt-5.5" },
    ],
    ["/box add a test --no-verify", { verb: "prompt", prompt: "add a test" }, { verify: false }],
    [
      "/box add a test --timeout 2h\nfor zero",
      { verb: "prompt", prompt: "add a test\nfor zero" },
      { timeoutMinutes: 120 },
    ],
    ["/box ask --size large why?", { verb: "ask", question: "why?" }, { size: "large" }],
    ["/box --base release/1.x fix x", { verb: "fix", what: "x" }, { base: "release/1.x" }],
    [
      "/box run --timeout 10m npm test -- --watch",
      { verb: "run", command: "npm test -- --watch" },
      { timeoutMinutes: 10 },
    ],
    // What a program is told is the program's, and words in the middle are words.
    ["/box run npm test --draft", { verb: "run", command: "npm test --draft" }, {}],
    [
      "/box say what --no-verify does here",
      { verb: "prompt", prompt: "say what --no-verify does here" },
      {},
    ],
    [
      "/box explain `git push --draft`",
      { verb: "prompt", prompt: "explain `git push --draft`" },
      {},
    ],
    ["/box use the flag --verbose", { verb: "prompt", prompt: "use the flag --verbose" }, {}],
    ["/box retry", { verb: "retry" }, {}],
    ["/box status", { verb: "status" }, {}],
    [
      "/box retry the upload when it fails",
      { verb: "prompt", prompt: "retry the upload when it fails" },
      {},
    ],
  ])("%j", (body, command, options) => {
    expect(parse(body)).toEqual([command, options]);
  });
});
