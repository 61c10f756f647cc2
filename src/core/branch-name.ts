import type { Request } from "./request.ts";

/** Titles make long names; what is cut can be read in the pull request. */
const TITLE_CHARACTERS = 40;

/**
 * The name of a job's new branch.
 * @param template of the configuration, with {kind}, {number}, {title}, {requester} and {id}
 */
export function branchName(template: string, { thread, requester }: Request, id: string): string {
  const variables: Readonly<Record<string, string>> = {
    kind: thread.kind === "issue" ? "issue" : "pr",
    number: String(thread.number),
    title: slug(thread.title),
    requester: slug(requester.login),
    id,
  };
  return template.replace(/\{(\w+)\}/g, (_, name: string) => variables[name] ?? "");
}

/** Never ends in what git forbids at a name's end, and is never empty. */
function slug(text: string): string {
  const words = text.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return words.slice(0, TITLE_CHARACTERS).replace(/^-+|-+$/g, "") || "untitled";
}
