import { roleOf } from "./access.ts";
import { actionsApp } from "./acts/accounts.ts";
import { createCheckRun, requestCheck } from "./acts/checks.ts";
import { createComment, deleteComment, editComment } from "./acts/comments.ts";
import { addLabels, editIssue, type IssueEdit, openIssue, removeLabel } from "./acts/issues.ts";
import { rename } from "./acts/lifecycle.ts";
import { mergePull, type NewPull, openPull } from "./acts/pulls.ts";
import { refsChanged, setRef } from "./acts/pushes.ts";
import {
  createReview,
  createReviewComment,
  type NewReview,
  type NewReviewComment,
  replyToReviewComment,
} from "./acts/reviews.ts";
import type { Files } from "./git/fast-import.ts";
import { ZERO_SHA } from "./git/git-repository.ts";
import { commentJson } from "./json/issue.ts";
import { pullJson } from "./json/pull.ts";
import { reviewCommentJson, reviewJson } from "./json/review.ts";
import type { Json } from "./json/user.ts";
import { RepositoryReader } from "./repository-reader.ts";
import type { CommentRecord, IssueRecord, Role } from "./store/records.ts";
import type { Delivery } from "./webhooks/webhooks.ts";
import type { Actor } from "./world.ts";

/** Something that was said or done, and the webhook deliveries it caused once they are answered. */
export interface CommentResult {
  id: number;
  htmlUrl: string;
  /** As the REST API gives it. */
  comment: Json;
  delivered: Promise<Delivery[]>;
}

export interface CommitOptions {
  /** @default "Update files" */
  message?: string;
  /** A login. @default the owner */
  author?: string;
  /** Branch or sha that a new branch starts from. @default the default branch */
  base?: string;
  /** Tells no App. @default false */
  quiet?: boolean;
}

/** A repository as a test sees it: people act on it, and what came of it can be read. */
export class RepositoryHandle extends RepositoryReader {
  setPermission(login: string, role: Role): void {
    this.record.roles.set(this.#actor(login).user.id, role);
  }

  /** The setting "Allow GitHub Actions to create and approve pull requests". @default true */
  allowActionsPullRequests(allowed: boolean): void {
    this.record.actionsMayOpenPulls = allowed;
  }

  permission(login: string): Role {
    return roleOf(this.record, this.#actor(login).user);
  }

  /** Commits as if somebody pushed: pull request heads move and Apps hear of it. Returns the sha. */
  commit(branch: string, files: Files, options: CommitOptions = {}): Promise<string> {
    const { git, defaultBranch, owner } = this.record;
    const actor = this.#actor(options.author ?? owner.login);
    return git.exclusively(async () => {
      const before = await git.branch(branch);
      const parent = before ?? (await git.resolve(options.base ?? defaultBranch));
      const after = await git.commit({
        branch,
        files,
        parent,
        message: options.message ?? "Update files",
        author: { name: actor.user.login, email: noreply(actor) },
        at: this.world.clock.now(),
      });
      const change = { ref: `refs/heads/${branch}`, before: before ?? ZERO_SHA, after };
      const quiet = options.quiet ?? false;
      await refsChanged(this.world, this.record, { ...actor, quiet }, [change]);
      return after;
    });
  }

  async createIssue(wanted: {
    author: string;
    title: string;
    body?: string;
    labels?: string[];
  }): Promise<{ number: number; issue: Json; delivered: Promise<Delivery[]> }> {
    const actor = this.#actor(wanted.author);
    const { issue, deliveries } = openIssue(this.world, this.record, actor, wanted);
    return { number: issue.number, issue: this.issue(issue.number), delivered: deliveries };
  }

  async createPullRequest(
    wanted: NewPull & { author: string },
  ): Promise<{ number: number; pullRequest: Json; delivered: Promise<Delivery[]> }> {
    const actor = this.#actor(wanted.author);
    const { issue, deliveries } = await openPull(this.world, this.record, actor, wanted);
    const pullRequest = await pullJson(this.world, this.record, issue);
    return { number: issue.number, pullRequest, delivered: deliveries };
  }

  /** Merges and returns the merge commit's sha. */
  async merge(number: number, wanted: { by: string }): Promise<string> {
    const issue = this.findIssue(number);
    const sha = await mergePull(this.world, this.record, issue, this.#actor(wanted.by));
    if (!sha) throw new Error(`#${number} has conflicts`);
    return sha;
  }

  /** Changes the title, body or state of an issue or pull request. */
  edit(number: number, edit: IssueEdit & { by: string }): void {
    editIssue(this.world, this.record, this.findIssue(number), this.#actor(edit.by), edit);
  }

  label(number: number, name: string, wanted: { by: string }): Promise<Delivery[]> {
    const actor = this.#actor(wanted.by);
    return addLabels(this.world, this.record, this.findIssue(number), actor, [name]);
  }

  unlabel(number: number, name: string, wanted: { by: string }): Promise<Delivery[]> {
    const label = this.world.store.label(this.record, name);
    const actor = this.#actor(wanted.by);
    return removeLabel(this.world, this.record, this.findIssue(number), actor, label);
  }

  async comment(number: number, wanted: { author: string; body: string }): Promise<CommentResult> {
    const issue = this.findIssue(number);
    const actor = this.#actor(wanted.author);
    return this.#said(issue, createComment(this.world, this.record, issue, actor, wanted.body));
  }

  async editComment(id: number, wanted: { by?: string; body: string }): Promise<CommentResult> {
    const { issue, comment } = this.findComment(id);
    const actor = this.#actor(wanted.by ?? comment.user.login);
    const { body } = wanted;
    return this.#said(issue, editComment(this.world, this.record, issue, comment, actor, body));
  }

  deleteComment(id: number, wanted: { by?: string } = {}): Promise<Delivery[]> {
    const { issue, comment } = this.findComment(id);
    const actor = this.#actor(wanted.by ?? comment.user.login);
    return deleteComment(this.world, this.record, issue, comment, actor);
  }

  /** Comments on a line of the diff, or in the thread of `inReplyTo`. */
  async reviewComment(
    number: number,
    wanted: { author: string; body: string } & (NewReviewComment | { inReplyTo: number }),
  ): Promise<CommentResult> {
    const issue = this.findIssue(number);
    const actor = this.#actor(wanted.author);
    const { comment, deliveries } =
      "inReplyTo" in wanted
        ? this.#reply(issue, actor, wanted.inReplyTo, wanted.body)
        : await createReviewComment(this.world, this.record, issue, actor, wanted);
    const json = reviewCommentJson(this.world, this.record, issue, comment);
    const htmlUrl = String(json.html_url);
    return { id: comment.id, htmlUrl, comment: json, delivered: deliveries };
  }

  async review(number: number, wanted: NewReview & { author: string }) {
    const issue = this.findIssue(number);
    const actor = this.#actor(wanted.author);
    const made = await createReview(this.world, this.record, issue, actor, wanted);
    const review = reviewJson(this.world, this.record, issue, made.review);
    return { id: made.review.id, review, delivered: made.deliveries };
  }

  /** A finished job of a workflow, as the check run that it shows; its id is the job's. */
  addCheckRun(wanted: {
    sha: string;
    name: string;
    conclusion: string;
    summary?: string;
    log?: string;
  }): number {
    const actor = { user: this.record.owner, app: actionsApp(this.world), quiet: true };
    const { sha, name, conclusion, summary = "" } = wanted;
    const fields = { name, head_sha: sha, conclusion, output: { title: name, summary } };
    const run = createCheckRun(this.world, this.record, actor, fields);
    if (wanted.log !== undefined) run.log = wanted.log;
    return run.id;
  }

  /** Gives the repository another name. */
  rename(name: string): Promise<Delivery[]> {
    return rename(this.world, this.record, this.#actor(this.record.owner.login), name);
  }

  deleteBranch(branch: string): Promise<void> {
    const actor = this.#actor(this.record.owner.login);
    return setRef(this.world, this.record, actor, `refs/heads/${branch}`, ZERO_SHA);
  }

  /** Presses a button of a check run, or "Re-run" if no `identifier` is named. */
  pressCheck(id: number, wanted: { by: string; identifier?: string }): Promise<Delivery[]> {
    const run = this.record.checkRuns.get(id);
    if (!run) throw new Error(`${this.fullName} has no check run ${id}`);
    const actor = this.#actor(wanted.by);
    return requestCheck(this.world, this.record, actor, run, wanted.identifier);
  }

  #actor(login: string): Actor {
    const user = this.world.store.user(login);
    if (!user) throw new Error(`There is no user ${login}: createUser({ login }) makes one`);
    const app = [...this.world.store.apps.values()].find((one) => one.bot === user) ?? null;
    return { user, app, quiet: false };
  }

  #reply(issue: IssueRecord, actor: Actor, to: number, body: string) {
    const thread = this.findReviewComment(to);
    return replyToReviewComment(this.world, this.record, issue, actor, thread, body);
  }

  #said(
    issue: IssueRecord,
    made: { comment: CommentRecord; deliveries: Promise<Delivery[]> },
  ): CommentResult {
    const comment = commentJson(this.world, this.record, issue, made.comment);
    const htmlUrl = String(comment.html_url);
    return { id: made.comment.id, htmlUrl, comment, delivered: made.deliveries };
  }
}

function noreply({ user }: Actor): string {
  return `${user.id}+${user.login}@users.noreply.github.com`;
}
