import { describe, expect, it } from "vitest";
import { progressComment } from "../../src/core/views/progress-comment.ts";
import { ACTING, rendered } from "../core/rendered.ts";
import { stateOf } from "../core/views/states.ts";

const attacks = [
  "Thanks @acme/everyone and @alice!",
  "This fixes #1, closes GH-2 and resolves acme/site#3",
  "Closes https://github.com/acme/site/issues/1",
  "[Approve here](https://evil.example.com) ![](https://evil.example.com/track.png)",
  "<img src=https://evil.example.com/x> <a href='https://evil.example.com'>pull request 7</a>",
  "\\@alice &#64;alice &commat;alice @\u200balice",
  "**@alice** `x`@alice _@alice_",
  "- @alice\n1. @alice\n# @alice\n> @alice\n| @alice | #1 |",
];

/** The same words wherever outside text can stand. */
function commentWith(text: string): string {
  return progressComment(
    stateOf(
      { type: "job-started", jobId: "a", commandLine: `/box ${text}`, requester: text },
      { type: "agent-tool", id: "1", name: text, input: { command: text } },
      { type: "output", stream: "stdout", text },
      { type: "agent-finished", summary: text },
      { type: "verdict", verdict: { kind: "none", because: text } },
      {
        type: "committed",
        sha: text,
        files: [{ path: text, status: "added", added: 1, deleted: 0 }],
      },
      {
        type: "published",
        sha: text,
        branch: text,
        pullRequest: { number: 7, url: `javascript:${text}`, created: true },
      },
      { type: "job-finished", outcome: { status: "succeeded" } },
    ),
    { repositoryUrl: "https://github.com/acme/site" },
  );
}

describe("the words of an agent, a program or a file name cannot act in a comment:", () => {
  it.each(attacks)("%j", (text) => {
    const { elements, targets, words } = rendered(commentWith(text));
    expect(targets).toEqual(["https://github.com/acme/site"]);
    expect(words).not.toMatch(ACTING);
    const html = elements.filter((element) => element.startsWith("html:"));
    expect(html.join("")).not.toMatch(/evil|img|href/);
    expect(elements).not.toContain("img");
  });
});
