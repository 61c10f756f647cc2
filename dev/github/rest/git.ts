import { setRef } from "../acts/pushes.ts";
import { ZERO_SHA } from "../git/git-repository.ts";
import { gitCommitJson } from "../json/commit.ts";
import { nodeId } from "../json/user.ts";
import { HttpError, notFound, unprocessable } from "./errors.ts";
import { paged } from "./page.ts";
import { type Call, created, needs, noContent, ok, type Route, route } from "./route.ts";

const READ = needs("contents:read");
const WRITE = needs("contents:write");
const GIT = "/repos/{owner}/{repo}/git";

export const gitRoutes: Route[] = [
  route(`GET ${GIT}/ref/{ref}`, READ, async (call) => {
    const ref = `refs/${call.param("ref")}`;
    const sha = (await call.repository.git.refs()).get(ref);
    if (!sha) throw notFound();
    return ok(await refJson(call, ref, sha));
  }),
  route(`GET ${GIT}/matching-refs/{ref}`, READ, async (call) => {
    const prefix = `refs/${call.param("ref")}`;
    const refs = [...(await call.repository.git.refs())];
    const { items, headers } = paged(
      call,
      refs.filter(([ref]) => ref.startsWith(prefix)),
    );
    return ok(await Promise.all(items.map(([ref, sha]) => refJson(call, ref, sha))), headers);
  }),
  route(`POST ${GIT}/refs`, WRITE, async (call) => {
    const ref = call.required("ref", "Reference");
    const sha = call.required("sha", "Reference");
    if (!/^refs\/[^/]+\/./.test(ref)) {
      throw unprocessable(
        "Reference name must start with 'refs/' and contain at least two slashes",
      );
    }
    if ((await call.repository.git.refs()).has(ref)) {
      throw unprocessable("Reference already exists");
    }
    await known(call, sha);
    await setRef(call.world, call.repository, call.actor, ref, sha);
    return created(await refJson(call, ref, sha));
  }),
  route(`PATCH ${GIT}/refs/{ref}`, WRITE, async (call) => {
    const { git } = call.repository;
    const ref = `refs/${call.param("ref")}`;
    const sha = call.required("sha", "Reference");
    const before = (await git.refs()).get(ref);
    if (!before) throw unprocessable("Reference does not exist");
    await known(call, sha);
    if (call.body.force !== true && !(await git.isAncestor(before, sha))) {
      throw unprocessable("Update is not a fast forward");
    }
    await setRef(call.world, call.repository, call.actor, ref, sha);
    return ok(await refJson(call, ref, sha));
  }),
  route(`DELETE ${GIT}/refs/{ref}`, WRITE, async (call) => {
    const ref = `refs/${call.param("ref")}`;
    const has = (await call.repository.git.refs()).has(ref);
    if (!has || ref.startsWith("refs/pull/")) throw unprocessable("Reference does not exist");
    await setRef(call.world, call.repository, call.actor, ref, ZERO_SHA);
    return noContent();
  }),
  route(`GET ${GIT}/commits/{commit_sha}`, READ, async (call) => {
    const commit = await call.repository.git.commitOf(sha(call, "commit_sha"));
    if (!commit) throw notFound();
    return ok(gitCommitJson(call.world, call.repository, commit));
  }),
  route(`GET ${GIT}/trees/{tree_sha}`, READ, async (call) => {
    const { git } = call.repository;
    const name = call.param("tree_sha");
    const object = await git.object(`${(await git.resolve(name)) ?? sha(call, "tree_sha")}^{tree}`);
    if (!object) throw notFound();
    const entries = await git.tree(object.sha, { recursive: call.query.has("recursive") });
    const url = `${call.world.apiUrl}/repos/${call.repository.fullName}/git`;
    return ok({
      sha: object.sha,
      url: `${url}/trees/${object.sha}`,
      tree: entries.map(({ path, mode, type, sha, size }) => ({
        path,
        mode,
        type,
        sha,
        ...(size !== null && { size }),
        url: `${url}/${type}s/${sha}`,
      })),
      truncated: false,
    });
  }),
  route(`GET ${GIT}/blobs/{file_sha}`, READ, async (call) => {
    const object = await call.repository.git.object(sha(call, "file_sha"));
    if (object?.type !== "blob") throw notFound();
    return ok({
      sha: object.sha,
      node_id: nodeId("Blob", object.sha),
      size: object.content.length,
      url: `${call.world.apiUrl}/repos/${call.repository.fullName}/git/blobs/${object.sha}`,
      content: object.content.toString("base64"),
      encoding: "base64",
    });
  }),
];

async function refJson(call: Call, ref: string, sha: string) {
  const url = `${call.world.apiUrl}/repos/${call.repository.fullName}/git`;
  const commit = await call.repository.git.commitOf(sha);
  const type = commit?.sha === sha ? "commit" : "tag";
  return {
    ref,
    node_id: nodeId("Ref", ref),
    url: `${url}/${ref}`,
    object: { sha, type, url: `${url}/${type}s/${sha}` },
  };
}

async function known(call: Call, sha: string): Promise<void> {
  if (/^[0-9a-f]{40}$/.test(sha) && (await call.repository.git.commitOf(sha))) return;
  throw new HttpError(422, { message: "Object does not exist" });
}

function sha(call: Call, name: string): string {
  const value = call.param(name);
  if (!/^[0-9a-f]{40}$/.test(value)) throw notFound();
  return value;
}
