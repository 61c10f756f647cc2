import { html } from "hono/html";
import { pullOf } from "../json/pull.ts";
import type { IssueRecord, LabelRecord, RepositoryRecord } from "../store/records.ts";
import type { World } from "../world.ts";
import { checksBox } from "./checks-box.ts";
import { diffView } from "./diff.ts";
import { author, type Html, layout, moment, stateBadge } from "./layout.ts";
import { timeline } from "./timeline.ts";

/** The conversation of an issue or pull request. */
export async function issuePage(
  world: World,
  repository: RepositoryRecord,
  issue: IssueRecord,
): Promise<Html> {
  const { pull } = issue;
  const commits = pull
    ? await repository.git.log([pull.head.sha, `^${pull.base.sha}`], { reverse: true, limit: 100 })
    : [];
  const merged = pull?.mergedAt
    ? html`<div class="event"><span class="node merged"></span>${pull.mergedBy ? author(pull.mergedBy) : ""} <span class="when">merged this ${moment(world, pull.mergedAt)}</span></div>`
    : "";
  return page(
    world,
    repository,
    issue,
    html`<div class="timeline">${timeline(world, repository, issue, commits)}${merged}</div>
${pull ? checksBox(repository, pull.head.sha) : ""}`,
  );
}

/** What a pull request changes. */
export async function filesPage(
  world: World,
  repository: RepositoryRecord,
  issue: IssueRecord,
): Promise<Html> {
  const { base, head } = pullOf(issue);
  const { git } = repository;
  const files = await git.diff((await git.mergeBase(base.sha, head.sha)) ?? null, head.sha);
  return page(world, repository, issue, diffView(files), "files");
}

function page(
  world: World,
  repository: RepositoryRecord,
  issue: IssueRecord,
  content: Html,
  tab: "conversation" | "files" = "conversation",
): Html {
  return layout(
    `${issue.title} · #${issue.number} · ${repository.fullName}`,
    repository,
    html`<div class="title"><h1>${issue.title} <span class="number">#${issue.number}</span></h1>
<p>${stateBadge(stateOf(issue), issue.pull !== null)} ${subtitle(world, repository, issue)}</p>
${issue.labels.length > 0 ? html`<p class="labels">${issue.labels.map(labelTag)}</p>` : ""}</div>
${issue.pull ? tabs(repository, issue, tab) : ""}
${content}`,
  );
}

function subtitle(world: World, repository: RepositoryRecord, issue: IssueRecord): Html {
  const { pull } = issue;
  if (!pull) {
    return html`<span>${author(issue.user)} opened this ${moment(world, issue.createdAt)} · ${issue.comments.length} comments</span>`;
  }
  const fork = pull.head.repository !== repository;
  const from = fork ? `${pull.head.repository?.owner.login}:${pull.head.ref}` : pull.head.ref;
  return html`<span>${author(issue.user)} ${pull.mergedAt ? "merged" : "wants to merge"} <code class="ref">${from}</code> into <code class="ref">${pull.base.ref}</code></span>`;
}

function tabs(repository: RepositoryRecord, issue: IssueRecord, tab: string): Html {
  const at = `/${repository.fullName}/pull/${issue.number}`;
  const current = (name: string) => (name === tab ? "current" : "");
  return html`<nav class="tabs"><a class="${current("conversation")}" href="${at}">Conversation <span class="count">${issue.comments.length}</span></a><a class="${current("files")}" href="${at}/files">Files changed</a></nav>`;
}

export function stateOf(issue: IssueRecord): "open" | "closed" | "merged" | "draft" {
  if (issue.pull?.mergedAt) return "merged";
  return issue.state === "open" && issue.pull?.draft ? "draft" : issue.state;
}

function labelTag(label: LabelRecord): Html {
  return html`<span class="label">${label.name}</span>`;
}
