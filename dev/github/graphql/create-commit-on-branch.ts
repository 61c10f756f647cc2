import { hasRole, holds, reaches } from "../access.ts";
import { refsChanged } from "../acts/pushes.ts";
import type { Files } from "../git/fast-import.ts";
import type { TokenRecord } from "../store/records.ts";
import type { Actor, World } from "../world.ts";
import { GraphQlError } from "./graphql-error.ts";

/** GitHub's `CreateCommitOnBranchInput`, of what is served here. */
export interface CreateCommitInput {
  branch: { repositoryNameWithOwner: string; branchName: string };
  expectedHeadOid: string;
  message: { headline: string; body?: string | null };
  fileChanges?: {
    additions?: Array<{ path: string; contents: string }>;
    deletions?: Array<{ path: string }>;
  };
}

/** Commits made here are GitHub's own, and so they are verified. */
export const VERIFIED_COMMITTER = { name: "GitHub", email: "noreply@github.com" };

/** Makes a commit on top of a branch, with files as they are given, all of them of mode 100644. */
export async function createCommitOnBranch(
  world: World,
  token: TokenRecord,
  input: CreateCommitInput,
): Promise<{ oid: string; url: string }> {
  const { branch, expectedHeadOid, message, fileChanges = {} } = input;
  const repository = world.store.repository(branch.repositoryNameWithOwner);
  if (!repository || (token.kind !== "user" && !reaches(world, token, repository))) {
    const name = branch.repositoryNameWithOwner;
    throw new GraphQlError(
      "NOT_FOUND",
      `Could not resolve to a Repository with the name '${name}'.`,
    );
  }
  const mayWrite =
    token.kind === "user"
      ? hasRole(repository, token.user, "write")
      : holds(token, ["contents:write"]);
  if (!mayWrite) throw new GraphQlError("FORBIDDEN", "Resource not accessible by integration");
  const paths = [...(fileChanges.additions ?? []), ...(fileChanges.deletions ?? [])];
  const isWorkflow = paths.some(({ path }) => path.startsWith(".github/workflows/"));
  if (isWorkflow && token.kind !== "user" && !holds(token, ["workflows:write"])) {
    throw new GraphQlError(
      "FORBIDDEN",
      "refusing to allow a GitHub App to create or update workflow without `workflows` permission",
    );
  }
  const { git } = repository;
  return git.exclusively(async () => {
    const head = await git.branch(branch.branchName);
    if (head === undefined) {
      throw new GraphQlError("NOT_FOUND", `No branch named "${branch.branchName}" was found.`);
    }
    if (head !== expectedHeadOid) {
      throw new GraphQlError(
        "STALE_DATA",
        `Expected branch to point to "${expectedHeadOid}" but it did not. Pull and try again.`,
      );
    }
    const actor: Actor = {
      user: token.user,
      app: token.installation?.app ?? null,
      quiet: token.kind === "actions",
    };
    const { login, id } = token.user;
    const after = await git.commit({
      branch: branch.branchName,
      parent: head,
      message: [message.headline, message.body ?? ""].filter(Boolean).join("\n\n"),
      files: filesOf(fileChanges),
      author: { name: login, email: `${id}+${login}@users.noreply.${new URL(world.url).hostname}` },
      committer: VERIFIED_COMMITTER,
      at: world.clock.now(),
    });
    const change = { ref: `refs/heads/${branch.branchName}`, before: head, after };
    await refsChanged(world, repository, actor, [change]);
    return { oid: after, url: `${world.url}/${repository.fullName}/commit/${after}` };
  });
}

function filesOf({
  additions = [],
  deletions = [],
}: NonNullable<CreateCommitInput["fileChanges"]>) {
  const files: Files = {};
  for (const { path } of deletions) files[path] = null;
  for (const { path, contents } of additions) files[path] = Buffer.from(contents, "base64");
  return files;
}
