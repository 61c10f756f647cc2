import { hasRole } from "../access.ts";
import { reactionJson } from "../json/issue.ts";
import type { ReactionContent, ReactionRecord } from "../store/records.ts";
import { changed } from "../webhooks/announce.ts";
import { commentOf } from "./comments.ts";
import { notFound } from "./errors.ts";
import { paged } from "./page.ts";
import { reviewCommentOf } from "./review-comments.ts";
import { type Call, created, needs, noContent, ok, type Route, route } from "./route.ts";

const ISSUE_READ = needs(["issues:read", "pull_requests:read"]);
const ISSUE_WRITE = needs(["issues:write", "pull_requests:write"], "read");
const PULL_READ = needs("pull_requests:read");
const PULL_WRITE = needs("pull_requests:write", "read");
const REPOSITORY = "/repos/{owner}/{repo}";

type Reactable = { reactions: ReactionRecord[] };

export const reactionRoutes: Route[] = [
  ...reactionsOf(
    `${REPOSITORY}/issues/comments/{comment_id}/reactions`,
    [ISSUE_READ, ISSUE_WRITE],
    (call) => commentOf(call).comment,
  ),
  ...reactionsOf(
    `${REPOSITORY}/pulls/comments/{comment_id}/reactions`,
    [PULL_READ, PULL_WRITE],
    (call) => reviewCommentOf(call).comment,
  ),
  ...reactionsOf(
    `${REPOSITORY}/issues/{issue_number}/reactions`,
    [ISSUE_READ, ISSUE_WRITE],
    (call) => call.issue,
  ),
];

function reactionsOf(
  path: string,
  [read, write]: [typeof ISSUE_READ, typeof ISSUE_WRITE],
  target: (call: Call) => Reactable,
): Route[] {
  return [
    route(`GET ${path}`, read, (call) => {
      const content = call.query.get("content");
      const all = target(call).reactions.filter((one) => !content || one.content === content);
      const { items, headers } = paged(call, all);
      return ok(
        items.map((one) => reactionJson(call.world, one)),
        headers,
      );
    }),
    route(`POST ${path}`, write, (call) => {
      const on = target(call);
      const content = call.required("content", "Reaction") as ReactionContent;
      const { world, actor } = call;
      const known = on.reactions.find(
        (one) => one.user.id === actor.user.id && one.content === content,
      );
      if (known) return ok(reactionJson(world, known));
      const reaction = {
        id: world.store.nextId("reaction"),
        user: actor.user,
        content,
        createdAt: world.clock.now(),
      };
      on.reactions.push(reaction);
      changed(world, call.repository, null);
      return created(reactionJson(world, reaction));
    }),
    route(`DELETE ${path}/{reaction_id}`, write, (call) => {
      const on = target(call);
      const reaction = on.reactions.find((one) => one.id === Number(call.params.reaction_id));
      if (!reaction) throw notFound();
      const { user } = call.actor;
      call.onlyAuthorOr(reaction.user, hasRole(call.repository, user, "admin"));
      on.reactions = on.reactions.filter((one) => one !== reaction);
      changed(call.world, call.repository, null);
      return noContent();
    }),
  ];
}
