import type { RepositoryHandle } from "../../dev/github/index.ts";
import type { Job } from "../../src/core/job.ts";
import { DEFAULT_SETTINGS } from "../../src/core/job-settings.ts";

/** A job as admission makes it, for a `/box run` in a pull request whose head is `sha`. */
export function benchJob(options: {
  repository: RepositoryHandle;
  requester: { login: string; id: number };
  number: number;
  branch: string;
  sha: string;
  command: string;
}): Job {
  const { repository, requester, number, branch, sha, command } = options;
  const [owner = "", name = ""] = repository.fullName.split("/");
  const id = crypto.randomUUID();
  const htmlUrl = repository.cloneUrl.replace(/\.git$/, "");
  return {
    id: id.replaceAll("-", "").slice(0, 12),
    request: {
      id,
      repository: {
        owner,
        name,
        private: true,
        defaultBranch: repository.defaultBranch,
        cloneUrl: repository.cloneUrl,
        htmlUrl,
      },
      thread: {
        kind: "pull-request",
        number,
        title: "Bench",
        body: "",
        htmlUrl: `${htmlUrl}/pull/${number}`,
      },
      origin: { kind: "issue-comment", id: 1, htmlUrl },
      requester: { ...requester, type: "User" },
      askedAt: Date.now(),
      options: {},
      command: { verb: "run", command },
      commandLine: `/box run ${command}`,
    },
    settings: DEFAULT_SETTINGS,
    continues: null,
    target: {
      ...{ branch, sha, cloneBranch: branch },
      ...{ fork: null, base: repository.defaultBranch, pullRequest: number },
    },
    admittedAt: Date.now(),
  };
}
