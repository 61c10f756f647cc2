import { html, raw } from "hono/html";
import type { Commit } from "../git/parse-log.ts";
import type { CheckRunRecord, IssueRecord, RepositoryRecord } from "../store/records.ts";
import type { World } from "../world.ts";
import { diffView } from "./diff.ts";
import { stateOf } from "./issue-page.ts";
import { author, type Html, layout, moment, stateBadge } from "./layout.ts";
import { renderMarkdown } from "./markdown.ts";
import { commitLine } from "./timeline.ts";

/** All repositories. */
export function homePage(world: World): Html {
  const all = [...world.store.repositories.values()];
  return layout(
    "Development GitHub",
    null,
    html`<h1>Repositories</h1><ul class="list">${all.map(
      (one) => html`<li><a href="/${one.fullName}"><strong>${one.fullName}</strong></a></li>`,
    )}</ul>`,
  );
}

/** A repository: its pull requests, issues, branches and newest commits. */
export async function repositoryPage(world: World, repository: RepositoryRecord): Promise<Html> {
  const { git, defaultBranch } = repository;
  const head = await git.branch(defaultBranch);
  const commits = head ? await git.log([head], { limit: 10 }) : [];
  const readme = head && (await git.object(`${head}:README.md`));
  const branches = [...(await git.refs()).keys()].filter((ref) => ref.startsWith("refs/heads/"));
  const all = [...repository.issues.values()].reverse();
  return layout(
    repository.fullName,
    repository,
    html`<h1>${repository.fullName}</h1>
<p class="labels">${branches.map((ref) => html`<code class="ref">${ref.slice(11)}</code>`)}</p>
<h2>Pull requests</h2>${issueList(
      world,
      repository,
      all.filter((one) => one.pull),
    )}
<h2>Issues</h2>${issueList(
      world,
      repository,
      all.filter((one) => !one.pull),
    )}
<h2>Commits on ${defaultBranch}</h2><div class="flat">${commits.map((one) => commitLine(world, repository, one))}</div>
${readme && readme.type === "blob" ? html`<h2>README.md</h2><article class="readme markdown-body">${raw(renderMarkdown(readme.content.toString()))}</article>` : ""}`,
  );
}

function issueList(world: World, repository: RepositoryRecord, issues: IssueRecord[]): Html {
  if (issues.length === 0) return html`<p class="nothing">None yet.</p>`;
  return html`<ul class="list">${issues.map((issue) => {
    const kind = issue.pull ? "pull" : "issues";
    return html`<li>${stateBadge(stateOf(issue), issue.pull !== null)}<div><a href="/${repository.fullName}/${kind}/${issue.number}"><strong>${issue.title}</strong></a><p class="when">#${issue.number} opened ${moment(world, issue.createdAt)} by ${author(issue.user)}</p></div></li>`;
  })}</ul>`;
}

/** One commit and what it changed. */
export async function commitPage(
  world: World,
  repository: RepositoryRecord,
  commit: Commit,
): Promise<Html> {
  const files = await repository.git.diff(commit.parents[0] ?? null, commit.sha);
  const [title = "", ...rest] = commit.message.split("\n");
  return layout(
    `${title} · ${repository.fullName}`,
    repository,
    html`<div class="title"><h1>${title}</h1>${rest.join("\n").trim() ? html`<pre class="message">${rest.join("\n").trim()}</pre>` : ""}
<p class="when"><strong>${commit.author.name}</strong> committed ${moment(world, Date.parse(commit.author.date))} · <code>${commit.sha}</code></p></div>${diffView(files)}`,
  );
}

/** The difference between two branches or commits. */
export async function comparePage(
  repository: RepositoryRecord,
  names: [string, string],
  ends: [string, string],
): Promise<Html> {
  const base = await repository.git.mergeBase(...ends);
  const files = await repository.git.diff(base ?? ends[0], ends[1]);
  return layout(
    `${names.join("...")} · ${repository.fullName}`,
    repository,
    html`<div class="title"><h1>Comparing changes</h1><p><code class="ref">${names[0]}</code> … <code class="ref">${names[1]}</code></p></div>${diffView(files)}`,
  );
}

/** What a check run says. */
export function checkRunPage(
  world: World,
  repository: RepositoryRecord,
  run: CheckRunRecord,
): Html {
  const body = [run.summary, run.text].filter(Boolean).join("\n\n");
  return layout(
    `${run.name} · ${repository.fullName}`,
    repository,
    html`<div class="title"><h1>${run.title ?? run.name}</h1><p class="when">${run.name} · ${run.conclusion ?? run.status.replace("_", " ")} · started ${moment(world, run.startedAt)}</p></div>
<article class="readme markdown-body">${raw(renderMarkdown(body))}</article>
${run.annotations.map((one) => html`<section class="file"><header><code>${one.path}:${one.start_line}</code><span class="when">${one.annotation_level}</span></header><pre class="message">${one.message}</pre></section>`)}`,
  );
}
