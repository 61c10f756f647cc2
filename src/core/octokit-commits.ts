import type { Octokit } from "@octokit/rest";
import type { GitHub } from "./github.ts";

type Commits = Pick<GitHub, "createBranch" | "commit" | "commitOnBranch">;

/** https://docs.github.com/graphql/reference/mutations#createcommitonbranch */
const CREATE_COMMIT = `mutation ($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid } }
}`;

/** The part of the GitHub port that is about commits which GitHub makes. */
export function octokitCommits(
  octokit: Pick<Octokit, "rest" | "graphql">,
  repo: { owner: string; repo: string },
): Commits {
  const { rest } = octokit;
  return {
    async createBranch(branch, sha) {
      await rest.git.createRef({ ...repo, ref: `refs/heads/${branch}`, sha });
    },

    async commit(sha) {
      try {
        const { data } = await rest.git.getCommit({ ...repo, commit_sha: sha });
        return { tree: data.tree.sha, parents: data.parents.map((parent) => parent.sha) };
      } catch (error) {
        if ((error as { status?: number }).status === 404) return null;
        throw error;
      }
    },

    async commitOnBranch(branchName, expectedHeadOid, { message, changes }) {
      const [headline = "", ...rest] = message.split("\n");
      const input = {
        branch: { repositoryNameWithOwner: `${repo.owner}/${repo.repo}`, branchName },
        expectedHeadOid,
        message: { headline, body: rest.join("\n").trim() },
        fileChanges: {
          additions: changes.additions,
          deletions: changes.deletions.map((path) => ({ path })),
        },
      };
      const answer = await octokit.graphql<{
        createCommitOnBranch: { commit: { oid: string } };
      }>(CREATE_COMMIT, { input });
      return answer.createCommitOnBranch.commit.oid;
    },
  };
}
