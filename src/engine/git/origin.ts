import type { EngineBox } from "../engine-box.ts";
import { EngineError } from "../engine-error.ts";
import { gitInBox } from "./git-in-box.ts";
import { type Repository, repositoryUrl } from "./repository-url.ts";

/** Where a clone in a box came from, and the box's token for it. */
export interface Origin {
  repository: Repository;
  token: string;
}

/**
 * Finds the repository that a folder's `origin` names.
 * @throws EngineError 400 without a token, without an origin, or for one that no client has named
 */
export async function originOf(
  box: EngineBox,
  folder: string | undefined,
  allowedHosts: ReadonlySet<string>,
): Promise<Origin> {
  const token = box.record.github_token;
  if (token === undefined) {
    throw new EngineError(
      400,
      "no_github_token",
      "The box has no github_token; create it with one (git.token in the SDK).",
    );
  }
  const { exitCode, stdout, stderr } = await gitInBox(box, folder, ["remote", "get-url", "origin"]);
  if (exitCode !== 0) {
    throw new EngineError(
      400,
      "no_origin",
      `${stderr.trim()}; clone the repository with git.clone, or name the folder of the clone.`,
    );
  }
  const repository = repositoryUrl(stdout, allowedHosts);
  if (!box.record.repositories?.includes(repository.url)) {
    throw new EngineError(
      400,
      "unknown_origin",
      `origin is ${repository.url}, which was set inside the box; the token is sent only where a client says: clone with git.clone, or set the remote with git.exec.`,
    );
  }
  return { repository, token };
}
