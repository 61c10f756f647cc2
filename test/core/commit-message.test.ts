import { describe, expect, it } from "vitest";
import { commitMessage, commitSubject } from "../../src/core/commit-message.ts";
import { aJob } from "../support/a-job.ts";
import { aRequest } from "../support/a-request.ts";

describe("a commit's subject", () => {
  it.each([
    ["the agent's first sentence", "\n\n## Fix the test\n\nMore.", "Fix the test"],
    ["a list's first entry", "- Fix one\n- Fix two", "Fix one"],
    ["what was asked, if nothing was said", "  \n", "fix the tests"],
  ])("is %s", (_title, summary, subject) => {
    expect(commitSubject(aJob(), summary)).toBe(subject);
  });

  it("is the command of a run", () => {
    const request = aRequest({ command: { verb: "run", command: "npm run format" } });
    expect(commitSubject(aJob({ request }), "")).toBe("Run npm run format");
  });

  it("has at most 72 characters and no half ones", () => {
    const subject = commitSubject(aJob(), "🙂".repeat(100));
    expect([...subject]).toHaveLength(72);
    expect(subject).toBe(`${"🙂".repeat(71)}…`);
  });

  it.each([
    ["fixes #12", "fixes issue #12"],
    ["Closes: acme/site#12", "Closes: issue acme/site#12"],
    ["resolved GH-12", "resolved issue GH-12"],
    [
      "fix https://github.com/acme/site/issues/12",
      "fix issue https://github.com/acme/site/issues/12",
    ],
    ["thanks @team", "thanks @ team"],
  ])("closes no issue and calls nobody: %s", (summary, subject) => {
    expect(commitSubject(aJob(), summary)).toBe(subject);
    const request = aRequest({ command: { verb: "run", command: summary } });
    expect(commitSubject(aJob({ request }), "")).toBe(`Run ${subject}`);
  });

  it("says nothing that cannot be seen", () => {
    expect(commitSubject(aJob(), "Fix\u200b the\u{e0041} test\u202e")).toBe("Fix the test");
  });
});

describe("a commit's message", () => {
  it("says who asked for what, where, and makes them its co-author by their own address", () => {
    expect(commitMessage(aJob({ thread: 7 }), "Fix the test\n\nBecause.")).toBe(
      [
        "Fix the test",
        "",
        "Asked for in #7: /box fix the tests",
        "",
        "Co-authored-by: maya <12+maya@users.noreply.github.com>",
        "",
      ].join("\n"),
    );
  });

  it("takes no trailer from what was asked", () => {
    const commandLine = "/box fix\nCo-authored-by: eve <eve@example.com>";
    const trailers = commitMessage(aJob({ request: aRequest({ commandLine }) }), "x").match(
      /^Co-authored-by:/gm,
    );
    expect(trailers).toHaveLength(1);
  });
});
