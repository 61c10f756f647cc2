import type { Octokit } from "@octokit/rest";
import type { GitHub, Identity, Remark } from "./github.ts";

type Threads = Pick<
  GitHub,
  | "remarks"
  | "reviewRemarks"
  | "pullRequestFiles"
  | "createReview"
  | "ownReviews"
  | "removeLabel"
  | "requestReviewers"
>;

/** A thread of more was not made by people; what is wanted of it stands at its end. */
const MOST_REMARKS = 1_000;
/** GitHub lists no more. */
const MOST_FILES = 3_000;
const PAGE = { per_page: 100 };

/** The part of the GitHub port that is about what people say to each other. */
export function octokitThreads(
  octokit: Pick<Octokit, "rest" | "paginate">,
  repo: { owner: string; repo: string },
  identity: () => Promise<Identity>,
): Threads {
  const { rest } = octokit;
  return {
    async remarks(thread) {
      const wanted = { ...repo, issue_number: thread, ...PAGE };
      const all: Remark[] = [];
      for await (const { data } of octokit.paginate.iterator(rest.issues.listComments, wanted)) {
        all.push(...data.map(remark));
        if (all.length > MOST_REMARKS) all.splice(0, all.length - MOST_REMARKS);
      }
      return all;
    },

    async reviewRemarks(number) {
      const wanted = { ...repo, pull_number: number, ...PAGE };
      const all = await octokit.paginate(
        rest.pulls.listReviewComments,
        wanted,
        ({ data }, done) => {
          if (data.length < PAGE.per_page) done();
          return data;
        },
      );
      return all.map((comment) => ({
        ...remark(comment),
        path: comment.path,
        line: comment.line ?? comment.original_line ?? null,
        diffHunk: comment.diff_hunk,
        reviewId: comment.pull_request_review_id,
        threadId: comment.in_reply_to_id ?? comment.id,
      }));
    },

    async pullRequestFiles(number) {
      const wanted = { ...repo, pull_number: number, ...PAGE };
      let count = 0;
      const all = await octokit.paginate(rest.pulls.listFiles, wanted, ({ data }, done) => {
        count += data.length;
        if (count >= MOST_FILES) done();
        return data;
      });
      return all.map(({ filename, status, additions, deletions, patch }) => ({
        path: filename,
        ...{ status, additions, deletions },
        ...(patch === undefined ? {} : { patch }),
      }));
    },

    async createReview(number, { sha, body, remarks }) {
      const comments = remarks.map(({ path, line, startLine, body: text }) => ({
        ...{ path, line, side: "RIGHT", body: text },
        ...(startLine === undefined ? {} : { start_line: startLine, start_side: "RIGHT" }),
      }));
      const { data } = await rest.pulls.createReview({
        ...{ ...repo, pull_number: number, commit_id: sha, event: "COMMENT", body, comments },
        request: { retries: 0 },
      });
      return { id: data.id, htmlUrl: data.html_url };
    },

    async ownReviews(number) {
      const { login } = await identity();
      const wanted = { ...repo, pull_number: number, ...PAGE };
      const all = await octokit.paginate(rest.pulls.listReviews, wanted);
      return all
        .filter(({ user }) => user?.login === login)
        .map(({ id, html_url, body }) => ({ id, htmlUrl: html_url, body }));
    },

    async removeLabel(thread, name) {
      await rest.issues.removeLabel({ ...repo, issue_number: thread, name });
    },

    async requestReviewers(number, logins) {
      const reviewers = [...logins];
      await rest.pulls.requestReviewers({ ...repo, pull_number: number, reviewers });
    },
  };
}

function remark(comment: {
  id: number;
  user: { login: string } | null;
  author_association?: string;
  body?: string;
  created_at: string;
  updated_at: string;
}): Remark {
  return {
    id: comment.id,
    author: comment.user?.login ?? "ghost",
    association: comment.author_association ?? "NONE",
    body: comment.body ?? "",
    createdAt: Date.parse(comment.created_at),
    updatedAt: Date.parse(comment.updated_at),
  };
}
