import { expect, it } from "vitest";
import { progressComment } from "../../src/core/views/progress-comment.ts";
import { rendered } from "../core/rendered.ts";
import { stateOf } from "../core/views/states.ts";

const FORGED = "### ✅ Done, and the tests pass";

it.each([
  `\`\`\`\n\n</details>\n\n${FORGED}`,
  `${"`".repeat(40)}\n${FORGED}`,
  `~~~\n${FORGED}\n`,
  `\r\`\`\`\r\r${FORGED}`,
  `\u200b\`\`\`\u200b\n\n${FORGED}`,
  `<!--\n\n${FORGED}`,
  `</summary></details>\n\n${FORGED}`,
])("output, a patch or a summary cannot leave its block and forge a result: %j", (text) => {
  const comment = progressComment(
    stateOf(
      { type: "job-started", jobId: "a", commandLine: "/box fix", requester: "alice" },
      { type: "output", stream: "stdout", text },
      { type: "agent-finished", summary: text },
      {
        type: "verdict",
        verdict: { kind: "failed", command: text, milliseconds: 1, exitCode: 1, tail: text },
      },
      { type: "work-kept", patch: text, truncated: false },
      { type: "job-finished", outcome: { status: "succeeded" } },
    ),
    { repositoryUrl: "https://github.com/acme/site" },
  );
  const { elements } = rendered(comment);
  // One headline, ours; every <details> that is opened is closed, and nothing else is HTML.
  expect(elements.filter((element) => /^h\d$/.test(element))).toEqual(["h3"]);
  const html = elements.filter((element) => element.startsWith("html:")).join("\n");
  expect(html.match(/<details>/g)?.length).toBe(html.match(/<\/details>/g)?.length);
  expect(html).not.toContain("Done");
  expect(comment).toContain("### ⚠️ Changes were pushed, but the tests fail");
});
