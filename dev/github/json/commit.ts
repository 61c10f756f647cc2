import type { Commit } from "../git/parse-log.ts";
import type { RepositoryRecord, UserRecord } from "../store/records.ts";
import type { World } from "../world.ts";
import { type Json, nodeId, userJson } from "./user.ts";

/** A commit as lists of commits have it. */
export function commitJson(world: World, repository: RepositoryRecord, commit: Commit): Json {
  const api = `${world.apiUrl}/repos/${repository.fullName}`;
  const author = userOf(world, commit.author.email);
  const committer = userOf(world, commit.committer.email);
  const url = `${api}/commits/${commit.sha}`;
  const web = `${world.url}/${repository.fullName}/commit`;
  return {
    url,
    sha: commit.sha,
    node_id: nodeId("Commit", commit.sha),
    html_url: `${web}/${commit.sha}`,
    comments_url: `${url}/comments`,
    commit: {
      url: `${api}/git/commits/${commit.sha}`,
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      comment_count: 0,
      tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
      verification: verification(commit),
    },
    author: author ? userJson(world, author) : null,
    committer: committer ? userJson(world, committer) : null,
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${api}/commits/${sha}`,
      html_url: `${web}/${sha}`,
    })),
  };
}

/** A commit as the git database routes have it. */
export function gitCommitJson(world: World, repository: RepositoryRecord, commit: Commit): Json {
  const api = `${world.apiUrl}/repos/${repository.fullName}/git`;
  const web = `${world.url}/${repository.fullName}/commit`;
  return {
    sha: commit.sha,
    node_id: nodeId("Commit", commit.sha),
    url: `${api}/commits/${commit.sha}`,
    html_url: `${web}/${commit.sha}`,
    author: commit.author,
    committer: commit.committer,
    message: commit.message,
    tree: { sha: commit.tree, url: `${api}/trees/${commit.tree}` },
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${api}/commits/${sha}`,
      html_url: `${web}/${sha}`,
    })),
    verification: verification(commit),
  };
}

/** What GitHub commits it signs, which nobody checks here. */
function verification({ committer }: Commit) {
  if (committer.email !== "noreply@github.com") return UNSIGNED;
  const signature = "-----BEGIN PGP SIGNATURE-----\n";
  return { verified: true, reason: "valid", signature, payload: "", verified_at: null };
}

const UNSIGNED = {
  verified: false,
  reason: "unsigned",
  signature: null,
  payload: null,
  verified_at: null,
};

/** Whose commit it is: GitHub knows people by `<id>+<login>@users.noreply.…`. */
export function userOf(world: World, email: string): UserRecord | undefined {
  const login = /^(?:\d+\+)?(.+)@users\.noreply\./.exec(email)?.[1];
  return login === undefined ? undefined : world.store.user(login);
}
