import type { Probot } from "probot";
import { takeRequest } from "../core/take-request.ts";
import { trigger } from "../core/trigger/trigger.ts";
import { type appIdentity, installationGitHub } from "./installation-github.ts";
import type { JobRunner } from "./job-runner.ts";

/** Deliveries that are remembered, so that one that comes again is not done again. */
const REMEMBERED_DELIVERIES = 10_000;

interface ReceivedEvent {
  id: string;
  name: string;
  payload: { installation?: { id: number } | null };
}

/** From a delivery to a job, or to the one answer that is due instead. */
export function deliveryHandler(options: {
  probot: Probot;
  identity: ReturnType<typeof appIdentity>;
  jobs: JobRunner;
}): (event: unknown) => Promise<void> {
  const { probot, identity, jobs } = options;
  const seen = new Set<string>();

  return async function handleDelivery(received) {
    const event = received as ReceivedEvent;
    const log = probot.log.child({ delivery: event.id });
    const triggered = trigger(event);
    if ("ignored" in triggered) {
      log.debug({ because: triggered.ignored }, "ignored");
      return;
    }
    const { request } = triggered;
    const installationId = event.payload.installation?.id;
    if (installationId === undefined) {
      log.warn("ignored: the delivery names no installation");
      return;
    }
    if (seen.has(request.id)) {
      log.info("ignored: this delivery was handled before");
      return;
    }
    remember(seen, request.id);
    const { repository } = request;
    try {
      const github = await installationGitHub({ probot, installationId, repository, identity });
      const taken = await takeRequest(request, github);
      if ("job" in taken) jobs.add(taken.job, github);
      else log.info({ answered: taken.answered }, "no job");
    } catch (error) {
      // Nothing came of it: somebody may deliver it again.
      seen.delete(request.id);
      throw error;
    }
  };
}

function remember(seen: Set<string>, id: string): void {
  seen.add(id);
  // A Set keeps the order of adding: the first is the oldest.
  const [oldest] = seen;
  if (seen.size > REMEMBERED_DELIVERIES && oldest !== undefined) seen.delete(oldest);
}
