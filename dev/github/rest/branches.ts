import { commitJson } from "../json/commit.ts";
import { notFound } from "./errors.ts";
import { paged } from "./page.ts";
import { needs, ok, type Route, route } from "./route.ts";

const READ = needs("contents:read");

export const branchRoutes: Route[] = [
  route("GET /repos/{owner}/{repo}/branches", READ, async (call) => {
    const { world, repository } = call;
    const branches = [...(await repository.git.refs())]
      .filter(([ref]) => ref.startsWith("refs/heads/"))
      .map(([ref, sha]) => ({
        name: ref.slice("refs/heads/".length),
        commit: { sha, url: `${world.apiUrl}/repos/${repository.fullName}/commits/${sha}` },
        protected: false,
      }));
    const { items, headers } = paged(call, branches);
    return ok(items, headers);
  }),
  route("GET /repos/{owner}/{repo}/branches/{branch}", READ, async (call) => {
    const { world, repository } = call;
    const name = call.param("branch");
    const sha = await repository.git.branch(name);
    const commit = sha && (await repository.git.commitOf(sha));
    if (!commit) throw notFound();
    const url = `${world.apiUrl}/repos/${repository.fullName}/branches/${name}`;
    return ok({
      name,
      commit: commitJson(world, repository, commit),
      _links: { self: url, html: `${world.url}/${repository.fullName}/tree/${name}` },
      protected: false,
      protection: {
        enabled: false,
        required_status_checks: { enforcement_level: "off", contexts: [], checks: [] },
      },
      protection_url: `${url}/protection`,
    });
  }),
];
