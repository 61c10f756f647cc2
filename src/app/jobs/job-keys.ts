import type { Job } from "../../core/job.ts";
import type { Request } from "../../core/request.ts";

/** `owner/name`, the same however it was written: GitHub's names are not case-sensitive. */
export function repositoryKey({ repository }: Request): string {
  return `${repository.owner}/${repository.name}`.toLowerCase();
}

/** Names the issue or pull request: one job at a time works in it. */
export function threadKey(request: Request): string {
  return `${repositoryKey(request)}#${request.thread.number}`;
}

/** Names the branch that a job pushes to: two pull requests may have the same one. */
export function branchKey({ request, target }: Job): string {
  return `${repositoryKey(request)}:${target.branch}`;
}
