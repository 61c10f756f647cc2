import type { DiffFile } from "../git/parse-diff.ts";
import type { RepositoryRecord } from "../store/records.ts";
import type { World } from "../world.ts";
import type { Json } from "./user.ts";

/** A changed file as compare, commits and pull requests list it. */
export function fileJson(
  world: World,
  repository: RepositoryRecord,
  sha: string,
  file: DiffFile,
): Json {
  const path = file.path.split("/").map(encodeURIComponent).join("/");
  const web = `${world.url}/${repository.fullName}`;
  return {
    sha: file.sha,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${web}/blob/${sha}/${path}`,
    raw_url: `${web}/raw/${sha}/${path}`,
    contents_url: `${world.apiUrl}/repos/${repository.fullName}/contents/${path}?ref=${sha}`,
    ...(file.patch !== null && { patch: file.patch }),
    ...(file.previousPath !== null && { previous_filename: file.previousPath }),
  };
}
