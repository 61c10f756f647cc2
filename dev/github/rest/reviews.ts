import { createReview, type NewReview } from "../acts/reviews.ts";
import { pullOf } from "../json/pull.ts";
import { reviewCommentJson, reviewJson } from "../json/review.ts";
import { notFound } from "./errors.ts";
import { paged } from "./page.ts";
import { type Call, needs, ok, type Route, route } from "./route.ts";

const READ = needs("pull_requests:read");
const REVIEWS = "/repos/{owner}/{repo}/pulls/{pull_number}/reviews";

export const reviewRoutes: Route[] = [
  route(`GET ${REVIEWS}`, READ, (call) => {
    const { items, headers } = paged(call, pullOf(call.pull).reviews);
    return ok(
      items.map((review) => reviewJson(call.world, call.repository, call.pull, review)),
      headers,
    );
  }),
  route(`POST ${REVIEWS}`, needs("pull_requests:write", "read"), async (call) => {
    const { world, repository, pull: issue, actor, body } = call;
    const { review } = await createReview(world, repository, issue, actor, {
      body: call.text("body"),
      event: body.event as NewReview["event"],
      comments: commentsOf(call),
    });
    return ok(reviewJson(world, repository, issue, review));
  }),
  route(`GET ${REVIEWS}/{review_id}`, READ, (call) =>
    ok(reviewJson(call.world, call.repository, call.pull, reviewOf(call))),
  ),
  route(`GET ${REVIEWS}/{review_id}/comments`, READ, (call) => {
    const { id } = reviewOf(call);
    const comments = pullOf(call.pull).reviewComments.filter((one) => one.reviewId === id);
    const { items, headers } = paged(call, comments);
    return ok(
      items.map((comment) => reviewCommentJson(call.world, call.repository, call.pull, comment)),
      headers,
    );
  }),
];

function reviewOf(call: Call) {
  const review = pullOf(call.pull).reviews.find((one) => one.id === Number(call.params.review_id));
  if (!review) throw notFound();
  return review;
}

function commentsOf(call: Call): NonNullable<NewReview["comments"]> {
  const { comments } = call.body;
  if (!Array.isArray(comments)) return [];
  return comments.map((one) => ({
    body: one.body,
    path: one.path,
    line: one.line,
    startLine: one.start_line,
    side: one.side,
    startSide: one.start_side,
  }));
}
