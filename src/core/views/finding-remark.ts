import { createHash } from "node:crypto";
import { inlineWords } from "../inline-words.ts";
import { fencedBlock } from "../markdown.ts";
import { safeMarkdown } from "../quote-agent.ts";
import type { Finding } from "../review-findings.ts";

const TITLE_CHARACTERS = 200;
const BODY_CHARACTERS = 3_000;

const SIGNS = { error: "🔴", warning: "🟠", note: "🔵" } as const;

/** A finding's sign and title, in one line. */
export function findingTitle({ severity, title }: Finding): string {
  return `${SIGNS[severity]} **${inlineWords(title.replaceAll("*", "").slice(0, TITLE_CHARACTERS))}**`;
}

/**
 * A finding as a remark on its lines.
 * @param isWhole whether the remark is on exactly the lines that the suggestion replaces
 */
export function findingRemark(finding: Finding, isWhole: boolean): string {
  const { body, suggestion } = finding;
  const parts = [
    findingMarker(finding),
    findingTitle(finding),
    safeMarkdown(body, BODY_CHARACTERS),
  ];
  // One click commits it: a part of it is none.
  if (suggestion !== null && isWhole && suggestion.length <= BODY_CHARACTERS) {
    parts.push(fencedBlock(suggestion, "suggestion"));
  }
  return parts.filter((part) => part !== "").join("\n\n");
}

/** By which a finding is known again when the lines have moved. */
export function findingMarker({ path, title }: Finding): string {
  const words = title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ");
  const hash = createHash("sha256").update(`${path}\n${words.trim()}`).digest("hex");
  return `<!-- box-finding:${hash.slice(0, 16)} -->`;
}
