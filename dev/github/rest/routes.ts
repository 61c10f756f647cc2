import { appRoutes } from "./apps.ts";
import { branchRoutes } from "./branches.ts";
import { checkRoutes } from "./checks.ts";
import { collaboratorRoutes } from "./collaborators.ts";
import { commentRoutes } from "./comments.ts";
import { commitRoutes } from "./commits.ts";
import { contentRoutes } from "./contents.ts";
import { gitRoutes } from "./git.ts";
import { hookRoutes } from "./hooks.ts";
import { issueRoutes } from "./issues.ts";
import { labelRoutes } from "./labels.ts";
import { metaRoutes } from "./meta.ts";
import { pullRoutes } from "./pulls.ts";
import { reactionRoutes } from "./reactions.ts";
import { repositoryRoutes } from "./repositories.ts";
import { reviewCommentRoutes } from "./review-comments.ts";
import { reviewRoutes } from "./reviews.ts";
import type { Route } from "./route.ts";
import { statusRoutes } from "./statuses.ts";
import { userRoutes } from "./users.ts";

/** All operations; of two that match a path the earlier one serves it. */
export const routes: Route[] = [
  ...metaRoutes,
  ...repositoryRoutes,
  ...appRoutes,
  ...hookRoutes,
  ...userRoutes,
  ...collaboratorRoutes,
  ...branchRoutes,
  ...gitRoutes,
  ...contentRoutes,
  ...checkRoutes,
  ...statusRoutes,
  ...commitRoutes,
  ...commentRoutes,
  ...labelRoutes,
  ...reactionRoutes,
  ...issueRoutes,
  ...reviewCommentRoutes,
  ...reviewRoutes,
  ...pullRoutes,
];
