import { Hono } from "hono";
import {
  GitCheckoutRequest,
  GitCloneRequest,
  GitCommitRequest,
  GitConfig,
  GitCreatePullRequest,
  GitExecRequest,
  GitFolderQuery,
  GitPushRequest,
} from "../../box/wire.ts";
import type { Boxes } from "../boxes.ts";
import { EngineError } from "../engine-error.ts";
import { cloneIntoBox } from "../git/clone.ts";
import { createPullRequest } from "../git/create-pull-request.ts";
import { updateGitConfig } from "../git/git-config.ts";
import { gitInBox, requireGit } from "../git/git-in-box.ts";
import { rememberRemote } from "../git/known-repositories.ts";
import { pushFromBox } from "../git/push.ts";
import type { RepositoryCache } from "../git/repository-cache.ts";
import { readBody, readQuery } from "./read-request.ts";

/** What speaks to a remote goes over the engine; all else is git inside the box. */
export function gitRoutes(
  boxes: Boxes,
  cache: RepositoryCache,
  allowedHosts: ReadonlySet<string>,
): Hono {
  const routes = new Hono();

  routes.post("/:id/git/clone", async (context) => {
    const box = boxes.get(context.req.param("id"));
    const request = await readBody(context, GitCloneRequest);
    return context.json({ folder: await cloneIntoBox(box, request, cache, allowedHosts) });
  });

  routes.get("/:id/git/diff", async (context) => {
    const box = boxes.get(context.req.param("id"));
    const { folder } = readQuery(context, GitFolderQuery);
    // Uncommitted means staged too; before the first commit there is no HEAD to compare with.
    const againstHead = await gitInBox(box, folder, ["diff", "HEAD"]);
    const diff =
      againstHead.exitCode === 0 ? againstHead.stdout : await requireGit(box, folder, ["diff"]);
    return context.json({ diff });
  });

  routes.get("/:id/git/status", async (context) => {
    const box = boxes.get(context.req.param("id"));
    const { folder } = readQuery(context, GitFolderQuery);
    return context.json({ status: await requireGit(box, folder, ["status", "--porcelain"]) });
  });

  routes.post("/:id/git/commit", async (context) => {
    const box = boxes.get(context.req.param("id"));
    const request = await readBody(context, GitCommitRequest);
    const { folder, message } = request;
    // The documented flow never stages (box-api §3.9).
    await requireGit(box, folder, ["add", "--all"]);
    await requireGit(box, folder, ["commit", "--quiet", "--message", message], {
      env: identity(request),
    });
    const sha = (await requireGit(box, folder, ["rev-parse", "HEAD"])).trim();
    return context.json({ sha, message });
  });

  routes.post("/:id/git/exec", async (context) => {
    const box = boxes.get(context.req.param("id"));
    const { folder, args } = await readBody(context, GitExecRequest);
    const { exitCode, stdout, stderr } = await gitInBox(box, folder, args);
    if (exitCode === 0) await rememberRemote(box, args, allowedHosts);
    return context.json({ output: exitCode === 0 ? stdout : stdout + stderr, exit_code: exitCode });
  });

  routes.post("/:id/git/checkout", async (context) => {
    const box = boxes.get(context.req.param("id"));
    const { folder, branch } = await readBody(context, GitCheckoutRequest);
    if (branch.startsWith("-")) {
      throw new EngineError(400, "invalid_request", `branch: ${branch} is no branch's name.`);
    }
    await requireGit(box, folder, ["checkout", "--quiet", branch, "--"]);
    return context.json({ branch });
  });

  routes.post("/:id/git/push", async (context) => {
    const box = boxes.get(context.req.param("id"));
    const request = await readBody(context, GitPushRequest);
    return context.json(await pushFromBox(box, request, cache, allowedHosts));
  });

  routes.post("/:id/git/create-pr", async (context) => {
    const box = boxes.get(context.req.param("id"));
    const request = await readBody(context, GitCreatePullRequest);
    return context.json(await createPullRequest(box, request, allowedHosts));
  });

  // Clients of 0.5.5 say git-config, later ones config/git.
  for (const path of ["/:id/config/git", "/:id/git-config"] as const) {
    routes.put(path, async (context) => {
      const box = boxes.get(context.req.param("id"));
      return context.json(await updateGitConfig(box, await readBody(context, GitConfig)));
    });
  }

  return routes;
}

function identity({ author_name, author_email }: GitCommitRequest): Record<string, string> {
  return {
    ...(author_name && { GIT_AUTHOR_NAME: author_name, GIT_COMMITTER_NAME: author_name }),
    ...(author_email && { GIT_AUTHOR_EMAIL: author_email, GIT_COMMITTER_EMAIL: author_email }),
  };
}
