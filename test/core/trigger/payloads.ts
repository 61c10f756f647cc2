import { createRequire } from "node:module";

// The package is a JSON file with a declaration; it has one default export.
interface Example {
  name: string;
  // biome-ignore lint/suspicious/noExplicitAny: payloads are taken apart at will here
  examples: any[];
}
const examples: Example[] = createRequire(import.meta.url)("@octokit/webhooks-examples");

// biome-ignore lint/suspicious/noExplicitAny: see above
export type Payload = any;

/** Real payloads of an event as GitHub sent them; copies that may be changed. */
export function payloadsOf(event: string): Payload[] {
  const found = examples.find(({ name }) => name === event)?.examples ?? [];
  return structuredClone(found);
}

/** A real `issue_comment` payload with this text. */
export function issueComment(body: string): Payload {
  const payload = payloadsOf("issue_comment").find(({ action }) => action === "created");
  payload.comment.body = body;
  return payload;
}

/** A real `pull_request_review_comment` payload with this text. */
export function reviewComment(body: string): Payload {
  const payload = payloadsOf("pull_request_review_comment").findLast(
    ({ action }) => action === "created",
  );
  payload.comment.body = body;
  return payload;
}
