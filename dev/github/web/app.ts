import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { type Context, Hono } from "hono";
import { pullOf } from "../json/pull.ts";
import type { IssueRecord, RepositoryRecord } from "../store/records.ts";
import type { World } from "../world.ts";
import { avatarSvg } from "./avatar.ts";
import { filesPage, issuePage } from "./issue-page.ts";
import type { Html } from "./layout.ts";
import { liveUpdates } from "./live-updates.ts";
import {
  checkRunPage,
  commitPage,
  comparePage,
  homePage,
  repositoryPage,
} from "./repository-page.ts";

/** Nothing from elsewhere and nothing inline: a comment that gets past the sanitizer cannot run. */
const POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The pages for people: no sign-in, as everything here is on loopback. */
export function createWeb(world: World): Hono {
  const web = new Hono();
  web.use(async (context, next) => {
    await next();
    context.header("content-security-policy", POLICY);
    context.header("x-content-type-options", "nosniff");
    context.header("referrer-policy", "no-referrer");
    context.header("cache-control", "no-store");
  });
  addAssets(web, world);
  web.get("/", (context) => page(context, homePage(world)));
  web.get("/live/:owner/:repo", (context) =>
    withRepository(world, context, (repository) => liveUpdates(world, repository)),
  );
  web.get("/:owner/:repo", (context) =>
    withRepository(world, context, (repository) =>
      page(context, repositoryPage(world, repository)),
    ),
  );
  web.get("/:owner/:repo/:kind{issues|pull}/:number{[0-9]+}", (context) =>
    withIssue(world, context, (repository, issue) =>
      page(context, issuePage(world, repository, issue)),
    ),
  );
  web.get("/:owner/:repo/pull/:number{[0-9]+}/files", (context) =>
    withIssue(world, context, (repository, issue) =>
      page(context, filesPage(world, repository, issue)),
    ),
  );
  web.get("/:owner/:repo/pull/:diff{[0-9]+\\.diff}", (context) =>
    withIssue(world, context, async ({ git }, issue) => {
      const { base, head } = pullOf(issue);
      const from = (await git.mergeBase(base.sha, head.sha)) ?? base.sha;
      return context.text((await git.diffText(from, head.sha)).toString());
    }),
  );
  addGitPages(web, world);
  return web;
}

function addGitPages(web: Hono, world: World): void {
  web.get("/:owner/:repo/commit/:sha", (context) =>
    withRepository(world, context, async (repository) => {
      const sha = await repository.git.resolve(context.req.param("sha") ?? "");
      const commit = sha && (await repository.git.commitOf(sha));
      return commit ? page(context, commitPage(world, repository, commit)) : context.notFound();
    }),
  );
  web.get("/:owner/:repo/compare/:range{.+}", (context) =>
    withRepository(world, context, async (repository) => {
      const [from, to] = (context.req.param("range") ?? "").split(/\.{2,3}/);
      const base = await repository.git.resolve(to ? (from ?? "") : repository.defaultBranch);
      const head = await repository.git.resolve(to ?? from ?? "");
      if (!base || !head) return context.notFound();
      const names: [string, string] = to
        ? [from ?? "", to]
        : [repository.defaultBranch, from ?? ""];
      return page(context, comparePage(repository, names, [base, head]));
    }),
  );
  web.get("/:owner/:repo/runs/:id{[0-9]+}", (context) =>
    withRepository(world, context, (repository) => {
      const run = repository.checkRuns.get(Number(context.req.param("id")));
      return run ? page(context, checkRunPage(world, repository, run)) : context.notFound();
    }),
  );
  web.get("/:owner/:repo/:view{raw|blob}/:path{.+}", (context) =>
    withRepository(world, context, async ({ git }) => {
      const path = context.req.param("path") ?? "";
      for (const [ref] of await git.refs()) {
        const branch = ref.replace(/^refs\/heads\//, "");
        if (!path.startsWith(`${branch}/`)) continue;
        const object = await git.object(`${ref}:${path.slice(branch.length + 1)}`);
        if (object?.type === "blob") return context.text(object.content.toString());
      }
      const [sha = "", ...rest] = path.split("/");
      const object = (await git.resolve(sha)) && (await git.object(`${sha}:${rest.join("/")}`));
      return object ? context.text(object.content.toString()) : context.notFound();
    }),
  );
}

function addAssets(web: Hono, world: World): void {
  const require = createRequire(import.meta.url);
  const files: Record<string, [string | URL, string]> = {
    "markdown.css": [require.resolve("github-markdown-css/github-markdown.css"), "text/css"],
    "page.css": [new URL("./assets/page.css", import.meta.url), "text/css"],
    "live.js": [new URL("./assets/live.js", import.meta.url), "text/javascript"],
  };
  for (const [name, [file, type]] of Object.entries(files)) {
    web.get(`/assets/${name}`, async (context) =>
      context.body(await readFile(file, "utf8"), 200, { "content-type": `${type}; charset=utf-8` }),
    );
  }
  web.get("/avatars/:id{[0-9]+}", (context) => {
    const id = Number(context.req.param("id"));
    const user = [...world.store.users.values()].find((one) => one.id === id);
    if (!user) return context.notFound();
    return context.body(avatarSvg(user), 200, { "content-type": "image/svg+xml" });
  });
}

async function page(context: Context, content: Html | Promise<Html>): Promise<Response> {
  return context.html(await content);
}

function withRepository(
  world: World,
  context: Context,
  show: (repository: RepositoryRecord) => Response | Promise<Response>,
): Response | Promise<Response> {
  const { owner, repo } = context.req.param() as Record<string, string>;
  const repository = world.store.repository(`${owner}/${repo}`);
  return repository ? show(repository) : context.notFound();
}

function withIssue(
  world: World,
  context: Context,
  show: (repository: RepositoryRecord, issue: IssueRecord) => Response | Promise<Response>,
): Response | Promise<Response> {
  return withRepository(world, context, (repository) => {
    const { number, diff, kind } = context.req.param() as Record<string, string>;
    const issue = repository.issues.get(Number.parseInt(number ?? diff ?? "", 10));
    if (!issue) return context.notFound();
    const right = issue.pull ? "pull" : "issues";
    if (kind && kind !== right) {
      return context.redirect(`/${repository.fullName}/${right}/${issue.number}`);
    }
    return issue.pull || kind ? show(repository, issue) : context.notFound();
  });
}
