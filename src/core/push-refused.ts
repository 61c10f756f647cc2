import type { GitError } from "../host/git-error.ts";
import { JobFailure } from "./job-failure.ts";

/** What a remote says when it will not take a push, and what to do about it. */
const REFUSALS: ReadonlyArray<{ pattern: RegExp; message: string; remedy: string }> = [
  {
    pattern: /workflows?[`' ]* permission|refusing to allow .* workflow/i,
    message: "the change touches .github/workflows, and the App lacks the workflows permission",
    remedy: "Give the App the workflows permission, or apply the patch below yourself.",
  },
  {
    pattern: /fetch first|non-fast-forward|stale info|cannot lock ref/i,
    message: "somebody else pushed to it in the meantime",
    remedy: "Comment the same command again to work on the new state, or apply the patch below.",
  },
  {
    pattern: /protected branch|pre-receive hook declined|rule violations/i,
    message: "its protection rules refuse the push",
    remedy: "Allow the App in the branch's rules, or apply the patch below yourself.",
  },
  {
    pattern: /Authentication failed|could not read Username|403|not found/i,
    message: "the App may not push to this repository",
    remedy: "Give the App write access to contents, or apply the patch below yourself.",
  },
];

/** Why a push was refused, in words and with what to do about it. */
export function pushRefused(branch: string, cause: GitError): JobFailure {
  const known = REFUSALS.find(({ pattern }) => pattern.test(cause.message));
  const because = known?.message ?? cause.stderr.trim().split("\n").at(-1) ?? "no reason was given";
  return new JobFailure(
    "push-refused",
    `The push to ${branch} was refused: ${because}.`,
    known?.remedy ?? "Comment the same command again, or apply the patch below yourself.",
    { cause },
  );
}
