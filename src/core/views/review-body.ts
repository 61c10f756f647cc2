import { codeSpan } from "../markdown.ts";
import { quoteAgent, safeMarkdown } from "../quote-agent.ts";
import type { Finding } from "../review-findings.ts";
import { findingMarker, findingTitle } from "./finding-remark.ts";

const FINDING_CHARACTERS = 1_000;
/** With a margin below what GitHub takes. */
const MOST_IN_TEXT = 40;

/** The text of a review: the agent's summary, and what stands on no line of the diff. */
export function reviewBody(summary: string, elsewhere: readonly Finding[]): string {
  const shown = elsewhere.slice(0, MOST_IN_TEXT).map((finding) => {
    const place = codeSpan(`${finding.path}:${finding.line}`);
    return `${findingMarker(finding)}\n${findingTitle(finding)} ${place}\n\n${safeMarkdown(finding.body, FINDING_CHARACTERS)}`;
  });
  const more = elsewhere.length - shown.length;
  return [
    quoteAgent(summary),
    ...(shown.length === 0 ? [] : ["**Outside of the lines that the diff shows:**"]),
    ...shown,
    ...(more > 0 ? [`… and ${more} more.`] : []),
  ].join("\n\n");
}
