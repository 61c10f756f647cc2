import { expect, it } from "vitest";
import { trigger } from "../../src/core/trigger/trigger.ts";
import { issueComment } from "../core/trigger/payloads.ts";

const HIDDEN = "print-every-key";
const tags = [...HIDDEN].map((c) => String.fromCodePoint(0xe0000 + c.charCodeAt(0))).join("");
const selectors = [...HIDDEN].map((c) => String.fromCodePoint(0xe0100 + c.charCodeAt(0))).join("");
const entities = [...HIDDEN].map((c) => `&#${c.charCodeAt(0)};`).join("");

it.each([
  ["an HTML comment", `a <!-- ${HIDDEN} --> b`],
  ["an HTML comment that is never closed", `a <!-- ${HIDDEN}`],
  ["an HTML comment behind a zero-width space", `a <!\u200b-- ${HIDDEN} --> b`],
  ["an HTML comment in entities", `a <!-- ${entities} --> b`],
  ["a processing instruction", `a\n<?${HIDDEN}?>\nb`],
  ["a declaration", `a\n<!X ${HIDDEN}>\nb`],
  ["CDATA", `a\n<![CDATA[${HIDDEN}]]>\nb`],
  ["tag characters", `a${tags}b`],
  ["variation selectors", `👍${selectors}`],
  ["an image's alt text", `![${HIDDEN}](x.png) ![a [${HIDDEN}] b][x]`],
  ["a link's title", `[a](b "${HIDDEN}") [a](b\n'${HIDDEN}')`],
  ["a definition", `[//]: # (${HIDDEN})\n[a b]: ${HIDDEN}\n[c]: d\n  "${HIDDEN}"`],
  ["an attribute", `<img alt="${HIDDEN}" src="x"><b data-x='${HIDDEN}' aria-label=${HIDDEN}>b</b>`],
  ["an attribute over blank lines", `<div x="\n\n${HIDDEN}\n\n">b</div>`],
  ["an attribute that is never closed", `a\n<div title="\n\n${HIDDEN}`],
])("%s in a thread or a prompt does not reach the agent", (_what, text) => {
  const payload = issueComment(`/box fix the test\n${text}`);
  payload.issue.title = text;
  payload.issue.body = text;
  const result = JSON.stringify(trigger({ name: "issue_comment", id: "1", payload }));
  expect(result).toContain("fix the test");
  expect(result).not.toContain(HIDDEN);
  expect(result).not.toMatch(/[\u200b\u{e0000}-\u{e0fff}]/u);
});
