import type { TreeEntry } from "../git/git-repository.ts";
import { HttpError, notFound } from "./errors.ts";
import { type Answer, type Call, needs, ok, type Route, route } from "./route.ts";

/** Above this the contents route gives only the raw media type. */
const LARGEST_INLINE_BYTES = 1_048_576;

export const contentRoutes: Route[] = [
  route("GET /repos/{owner}/{repo}/contents/{path}", needs("contents:read"), contents),
  route("GET /repos/{owner}/{repo}/readme", needs("contents:read"), (call) =>
    contents(call, "README.md"),
  ),
];

async function contents(call: Call, fixed?: string): Promise<Answer> {
  const { git, defaultBranch } = call.repository;
  const path = (fixed ?? call.params.path ?? "").replace(/^\/+|\/+$/g, "");
  const ref = call.query.get("ref") || defaultBranch;
  const sha = await git.resolve(ref.replace(/^refs\/(heads|tags)\//, ""));
  if (!sha) throw new HttpError(404, { message: `No commit found for the ref ${ref}` });
  const object = await git.object(path ? `${sha}:${path}` : `${sha}^{tree}`);
  if (!object) throw notFound();
  if (object.type === "tree") {
    const entries = await git.tree(object.sha);
    return ok(entries.map((entry) => entryJson(call, path, entry, ref)));
  }
  if (/application\/vnd\.github\.(v3\.)?raw/.test(call.headers.get("accept") ?? "")) {
    return ok(new Uint8Array(object.content), {
      "content-type": "application/vnd.github.v3.raw; charset=utf-8",
    });
  }
  const size = object.content.length;
  const large = size > LARGEST_INLINE_BYTES;
  const entry = { mode: "100644", type: "blob", sha: object.sha, size, path };
  return ok({
    ...entryJson(call, "", entry, ref),
    content: large ? "" : lines(object.content.toString("base64")),
    encoding: large ? "none" : "base64",
  });
}

/** GitHub breaks base64 after 60 characters, as `Content-Transfer-Encoding` once did. */
function lines(base64: string): string {
  return base64.replaceAll(/.{1,60}/g, "$&\n");
}

function entryJson(call: Call, folder: string, entry: TreeEntry, ref: string) {
  const { world, repository } = call;
  const path = folder ? `${folder}/${entry.path}` : entry.path;
  const web = `${world.url}/${repository.fullName}`;
  const api = `${world.apiUrl}/repos/${repository.fullName}`;
  const type = TYPES[entry.type] ?? "file";
  const kind = type === "dir" ? "tree" : "blob";
  const url = `${api}/contents/${path}?ref=${encodeURIComponent(ref)}`;
  const git = `${api}/git/${kind}s/${entry.sha}`;
  const html = `${web}/${kind}/${ref}/${path}`;
  return {
    name: path.split("/").at(-1) ?? "",
    path,
    sha: entry.sha,
    size: entry.size ?? 0,
    url,
    html_url: html,
    git_url: git,
    download_url: type === "file" ? `${web}/raw/${ref}/${path}` : null,
    type,
    _links: { self: url, git, html },
  };
}

const TYPES: Record<string, string> = { blob: "file", tree: "dir", commit: "submodule" };
