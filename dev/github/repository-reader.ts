import type { Commit } from "./git/parse-log.ts";
import { commentJson, issueJson, reactionJson } from "./json/issue.ts";
import { pullJson, pullOf } from "./json/pull.ts";
import { reviewCommentJson } from "./json/review.ts";
import type { Json } from "./json/user.ts";
import type {
  CheckRunRecord,
  CommentRecord,
  IssueRecord,
  RepositoryRecord,
  ReviewCommentRecord,
} from "./store/records.ts";
import type { World } from "./world.ts";

/** What can be read of a repository without changing it. */
export class RepositoryReader {
  protected readonly world: World;
  protected readonly record: RepositoryRecord;

  constructor(world: World, record: RepositoryRecord) {
    this.world = world;
    this.record = record;
  }

  get fullName(): string {
    return this.record.fullName;
  }

  get id(): number {
    return this.record.id;
  }

  get defaultBranch(): string {
    return this.record.defaultBranch;
  }

  /** What `git clone` takes. */
  get cloneUrl(): string {
    return `${this.world.url}/${this.fullName}.git`;
  }

  /** The bare repository; write through this class or over HTTP, so that the server notices. */
  get folder(): string {
    return this.record.git.folder;
  }

  /** An issue (or the issue side of a pull request) as the REST API gives it. */
  issue(number: number): Json {
    return issueJson(this.world, this.record, this.findIssue(number));
  }

  pullRequest(number: number): Promise<Json> {
    return pullJson(this.world, this.record, this.findIssue(number));
  }

  /** Numbers of all issues and pull requests, oldest first. */
  numbers(): number[] {
    return [...this.record.issues.keys()];
  }

  comments(number: number): (Json & { id: number; body: string; user: { login: string } })[] {
    const issue = this.findIssue(number);
    return issue.comments.map(
      (comment) =>
        commentJson(this.world, this.record, issue, comment) as Json & {
          id: number;
          body: string;
          user: { login: string };
        },
    );
  }

  /** Every body a comment had, oldest first, and when. */
  history(commentId: number): { at: number; body: string }[] {
    return this.findComment(commentId).comment.history;
  }

  reviewComments(number: number): Json[] {
    const issue = this.findIssue(number);
    return pullOf(issue).reviewComments.map((comment) =>
      reviewCommentJson(this.world, this.record, issue, comment),
    );
  }

  /** Reactions of an issue, a comment or a review comment. */
  reactions(of: { issue: number } | { comment: number } | { reviewComment: number }): Json[] {
    const reactions =
      "issue" in of
        ? this.findIssue(of.issue).reactions
        : "comment" in of
          ? this.findComment(of.comment).comment.reactions
          : this.findReviewComment(of.reviewComment).reactions;
    return reactions.map((reaction) => reactionJson(this.world, reaction));
  }

  checkRuns(): CheckRunRecord[] {
    return [...this.record.checkRuns.values()];
  }

  /** Branch → sha. */
  async branches(): Promise<Record<string, string>> {
    const refs = [...(await this.record.git.refs())];
    return Object.fromEntries(
      refs
        .filter(([ref]) => ref.startsWith("refs/heads/"))
        .map(([ref, sha]) => [ref.slice("refs/heads/".length), sha]),
    );
  }

  /** Commits of a branch, newest first. */
  async log(branch = this.defaultBranch, limit = 100): Promise<Commit[]> {
    const sha = await this.record.git.resolve(branch);
    return sha ? this.record.git.log([sha], { limit }) : [];
  }

  /** A file's text; `undefined` if there is none. */
  async read(branch: string, path: string): Promise<string | undefined> {
    const sha = await this.record.git.resolve(branch);
    const blob = sha && (await this.record.git.object(`${sha}:${path}`));
    return blob && blob.type === "blob" ? blob.content.toString() : undefined;
  }

  protected findIssue(number: number): IssueRecord {
    const issue = this.record.issues.get(number);
    if (!issue) throw new Error(`${this.fullName} has no #${number}`);
    return issue;
  }

  protected findComment(id: number): { issue: IssueRecord; comment: CommentRecord } {
    for (const issue of this.record.issues.values()) {
      const comment = issue.comments.find((one) => one.id === id);
      if (comment) return { issue, comment };
    }
    throw new Error(`${this.fullName} has no comment ${id}`);
  }

  protected findReviewComment(id: number): ReviewCommentRecord {
    for (const { pull } of this.record.issues.values()) {
      const comment = pull?.reviewComments.find((one) => one.id === id);
      if (comment) return comment;
    }
    throw new Error(`${this.fullName} has no review comment ${id}`);
  }
}
