import type { z } from "zod";
import type { Actor, RepositoryRef } from "../request.ts";
import type { checkPayload } from "./payload.ts";
import { notAPerson, repositoryOf } from "./request-of.ts";

/** What a job's check run offers. */
export const CHECK_ACTIONS = ["cancel", "retry"] as const;

/** Somebody wants a job to end, or to be done once more. */
export interface Press {
  action: (typeof CHECK_ACTIONS)[number];
  /** The job that the check run is about. */
  job: string;
  repository: RepositoryRef;
  requester: Actor;
}

/** A button of a check run, or "Re-run". Whether the check is ours is seen by its job. */
export function fromCheck(
  _event: { id: string },
  payload: z.infer<typeof checkPayload>,
): { press: Press } | { ignored: string } {
  const { action, check_run, requested_action, repository, sender } = payload;
  const wanted = action === "rerequested" ? "retry" : requested_action?.identifier;
  const known = CHECK_ACTIONS.find((each) => each === wanted);
  if (known === undefined || !["rerequested", "requested_action"].includes(action)) {
    return { ignored: `a check run that was ${action} asks for nothing` };
  }
  const job = check_run.external_id ?? "";
  if (!/^[0-9a-f]{12}$/.test(job)) return { ignored: "the check run is of no job" };
  const nobody = notAPerson(payload);
  if (nobody !== null) return { ignored: nobody };
  return {
    press: {
      action: known,
      job,
      repository: repositoryOf(repository),
      requester: { login: sender.login, id: sender.id, type: "User" },
    },
  };
}
