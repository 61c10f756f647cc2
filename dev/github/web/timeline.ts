import { html, raw } from "hono/html";
import { association } from "../access.ts";
import type { Commit } from "../git/parse-log.ts";
import { userOf } from "../json/commit.ts";
import type {
  IssueRecord,
  ReactionRecord,
  RepositoryRecord,
  ReviewCommentRecord,
  UserRecord,
} from "../store/records.ts";
import type { World } from "../world.ts";
import { diffTable } from "./diff.ts";
import { author, avatar, type Html, moment } from "./layout.ts";
import { renderMarkdown } from "./markdown.ts";

/** Everything that happened, in order: the description first, then comments, commits, reviews. */
export function timeline(
  world: World,
  repository: RepositoryRecord,
  issue: IssueRecord,
  commits: Commit[],
): Html[] {
  const box = (one: Parameters<typeof commentBox>[2]) => commentBox(world, repository, one);
  const items: { at: number; shown: Html }[] = issue.comments.map((comment) => ({
    at: comment.createdAt,
    shown: box({
      ...comment,
      anchor: `issuecomment-${comment.id}`,
      edits: comment.history.length - 1,
    }),
  }));
  for (const commit of commits) {
    const at = Math.max(issue.createdAt, Date.parse(commit.committer.date));
    items.push({ at, shown: commitLine(world, repository, commit) });
  }
  for (const review of issue.pull?.reviews ?? []) {
    items.push({
      at: review.submittedAt,
      shown: reviewBox(
        world,
        repository,
        review.user,
        review.state,
        review.body,
        review.submittedAt,
      ),
    });
  }
  for (const thread of threadsOf(issue)) {
    const [first] = thread;
    if (first) items.push({ at: first.createdAt, shown: threadBox(world, repository, thread) });
  }
  items.sort((one, other) => one.at - other.at);
  const description = box({ ...issue, body: issue.body ?? "", anchor: "description", edits: 0 });
  return [description, ...items.map((item) => item.shown)];
}

interface Shown {
  user: UserRecord;
  body: string;
  createdAt: number;
  reactions: ReactionRecord[];
  anchor: string;
  edits: number;
}

export function commentBox(world: World, repository: RepositoryRecord, shown: Shown): Html {
  const role = association(world, repository, shown.user);
  const words = role === "NONE" ? "" : role.charAt(0) + role.slice(1).toLowerCase();
  const body = shown.body.trim()
    ? raw(renderMarkdown(shown.body, repository.fullName))
    : html`<p class="nothing">No description provided.</p>`;
  return html`<article class="comment" id="${shown.anchor}">
${avatar(shown.user)}
<div class="box">
<header>${author(shown.user)} <span class="when">commented ${moment(world, shown.createdAt)}${
    shown.edits > 0 ? html` · <span title="Edited ${shown.edits} times">edited</span>` : ""
  }</span>${words ? html`<span class="badge role">${words}</span>` : ""}</header>
<div class="markdown-body">${body}</div>
${reactions(shown.reactions)}
</div>
</article>`;
}

const FACES: [string, string][] = [
  ["+1", "👍"],
  ["-1", "👎"],
  ["laugh", "😄"],
  ["hooray", "🎉"],
  ["confused", "😕"],
  ["heart", "❤️"],
  ["rocket", "🚀"],
  ["eyes", "👀"],
];

function reactions(all: ReactionRecord[]): Html | "" {
  if (all.length === 0) return "";
  const shown = FACES.flatMap(([content, face]) => {
    const by = all.filter((one) => one.content === content).map((one) => one.user.login);
    if (by.length === 0) return [];
    return [html`<span class="reaction" title="${by.join(", ")}">${face} ${by.length}</span>`];
  });
  return html`<footer class="reactions">${shown}</footer>`;
}

export function commitLine(world: World, repository: RepositoryRecord, commit: Commit): Html {
  const [title = ""] = commit.message.split("\n");
  const user = userOf(world, commit.author.email);
  return html`<div class="event"><span class="node"></span>${
    user ? avatar(user, 20) : ""
  }<a class="subject" href="/${repository.fullName}/commit/${commit.sha}">${title}</a><code class="sha">${commit.sha.slice(0, 7)}</code></div>`;
}

const VERDICTS: Record<string, string> = {
  APPROVED: "approved these changes",
  CHANGES_REQUESTED: "requested changes",
  COMMENTED: "reviewed",
  PENDING: "started a review",
  DISMISSED: "had a review dismissed",
};

function reviewBox(
  world: World,
  repository: RepositoryRecord,
  user: UserRecord,
  state: string,
  body: string,
  at: number,
): Html {
  const line = html`<div class="event"><span class="node ${state.toLowerCase()}"></span>${avatar(user, 20)}${author(user)} <span class="when">${VERDICTS[state] ?? "reviewed"} ${moment(world, at)}</span></div>`;
  if (!body) return line;
  const shown = { user, body, createdAt: at, reactions: [], anchor: "", edits: 0 };
  return html`${line}${commentBox(world, repository, shown)}`;
}

/** Review comments that belong together, oldest first. */
export function threadsOf(issue: IssueRecord): ReviewCommentRecord[][] {
  const threads = new Map<number, ReviewCommentRecord[]>();
  for (const comment of issue.pull?.reviewComments ?? []) {
    const key = comment.inReplyTo ?? comment.id;
    threads.set(key, [...(threads.get(key) ?? []), comment]);
  }
  return [...threads.values()];
}

/** The last lines before a comment are what it is about. */
const SHOWN_LINES = 4;

function threadBox(
  world: World,
  repository: RepositoryRecord,
  thread: ReviewCommentRecord[],
): Html {
  const [first] = thread;
  return html`<section class="thread"><header><code>${first?.path}</code></header>
${diffTable(first?.diffHunk ?? "", SHOWN_LINES)}
${thread.map((comment) =>
  commentBox(world, repository, {
    ...comment,
    anchor: `discussion_r${comment.id}`,
    edits: 0,
  }),
)}</section>`;
}
