import type { IncomingMessage, ServerResponse } from "node:http";
import { type Caller, canSee, hasRole, holds, reaches } from "../access.ts";
import { differences, refsChanged } from "../acts/pushes.ts";
import { basicPassword, byToken } from "../auth.ts";
import { HttpError } from "../rest/errors.ts";
import type { RepositoryRecord } from "../store/records.ts";
import type { World } from "../world.ts";
import { serveBackend, workflowsHookEnvironment } from "./http-backend.ts";

const PATH = /^\/([^/]+)\/([^/]+?)(?:\.git)?(\/info\/refs|\/git-upload-pack|\/git-receive-pack)$/;

/** Whether a path is one of git's and not of the web view. */
export function isGitPath(path: string): boolean {
  return PATH.test(path);
}

/** Serves clone, fetch and push with GitHub's rules about who may do what. */
export async function serveGit(
  world: World,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const url = new URL(incoming.url ?? "/", world.url);
  const [, owner = "", name = "", service = ""] = PATH.exec(url.pathname) ?? [];
  const writes =
    service === "/git-receive-pack" || url.searchParams.get("service") === "git-receive-pack";
  try {
    const caller = identify(world, incoming.headers.authorization);
    const repository = admit(world, caller, `${owner}/${name}`, writes);
    const serve = () => backend(world, caller, repository, service, url, incoming, outgoing);
    await (service === "/git-receive-pack" ? repository.git.exclusively(serve) : serve());
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    incoming.resume();
    outgoing.writeHead(error.status, { "content-type": "text/plain", ...error.headers });
    outgoing.end(`${error.message}\n`);
  }
}

async function backend(
  world: World,
  caller: Caller,
  repository: RepositoryRecord,
  service: string,
  url: URL,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { git } = repository;
  const pushes = service === "/git-receive-pack";
  const before = pushes ? await git.refs() : undefined;
  const token = caller.kind === "token" ? caller.token : undefined;
  const guarded = pushes && token && token.kind !== "user" && !holds(token, ["workflows:write"]);
  await serveBackend(
    world.processes,
    {
      folder: git.folder,
      service,
      query: url.search.slice(1),
      user: token?.user.login ?? "",
      environment: guarded ? workflowsHookEnvironment(world.folder) : {},
      async finished() {
        if (!before || !token) return;
        git.forgetRefs();
        const actor = {
          user: token.user,
          app: token.installation?.app ?? null,
          quiet: token.kind === "actions",
        };
        await refsChanged(world, repository, actor, differences(before, await git.refs()));
      },
    },
    incoming,
    outgoing,
  );
}

function identify(world: World, header: string | undefined): Caller {
  if (!header) return { kind: "anonymous" };
  const [scheme = "", value = ""] = header.split(/\s+/, 2);
  try {
    if (/^basic$/i.test(scheme)) return byToken(world, basicPassword(value));
    if (/^bearer$/i.test(scheme)) return byToken(world, value);
  } catch {
    // Said below in git's words.
  }
  throw refusal(
    401,
    "Invalid username or token. Password authentication is not supported for Git operations.",
  );
}

function admit(world: World, caller: Caller, fullName: string, writes: boolean): RepositoryRecord {
  const repository = world.store.repository(fullName);
  const visible = repository && canSee(world, caller, repository);
  // Without credentials GitHub asks for some, whether or not there is such a repository.
  if (caller.kind !== "token") {
    if (visible && !writes) return repository;
    throw refusal(401, "Authentication required");
  }
  if (!visible) throw refusal(404, "Repository not found.");
  const { token } = caller;
  const allowed =
    token.kind === "user"
      ? hasRole(repository, token.user, writes ? "write" : "read")
      : reaches(world, token, repository) &&
        holds(token, [writes ? "contents:write" : "contents:read"]);
  if (allowed || (!writes && !repository.private)) return repository;
  if (!writes) throw refusal(404, "Repository not found.");
  throw refusal(403, `Permission to ${repository.fullName}.git denied to ${token.user.login}.`);
}

function refusal(status: number, message: string): HttpError {
  const ask = { "www-authenticate": 'Basic realm="GitHub"' };
  return new HttpError(status, { message }, status === 401 ? ask : {});
}
