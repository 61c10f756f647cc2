import type { GitHub } from "../../core/github.ts";
import type { Job } from "../../core/job.ts";
import type { Memory } from "../../core/memory.ts";
import type { Request } from "../../core/request.ts";
import { takeRequest } from "../../core/take-request.ts";
import type { Change } from "../../core/trigger/change.ts";
import type { Press } from "../../core/trigger/from-check.ts";
import { trigger } from "../../core/trigger/trigger.ts";
import { Locks } from "../../host/locks.ts";
import type { Enqueued } from "../jobs/enqueue-job.ts";
import { threadKey } from "../jobs/job-keys.ts";
import type { Delivery } from "./delivery.ts";

export interface DeliveryHandlerOptions {
  github(request: Request, installation: number): Promise<GitHub>;
  enqueue(job: Job, installation: number, delivery: string): Promise<Enqueued>;
  /** Ends the jobs of the request's thread, and says how many they were. */
  cancel(request: Request): Promise<number>;
  memory: Memory;
  status(request: Request): Promise<string>;
  mayRefuse(request: Request): Promise<boolean>;
  /** Does what a button asks for, and says what came of it. */
  press(press: Press, installation: number): Promise<string>;
  /** Ends what has nothing left to work on, and says what that was. */
  change(change: Change): Promise<string>;
  /** The App's slug, by which people mention it; null while it is not known. */
  mention(): string | null;
  /** Options of commands that the operator forbids. */
  forbidden: readonly string[];
}

/** Why nothing will come of a delivery, or null. */
export function triage(delivery: Delivery, mention: string | null = null): string | null {
  const triggered = trigger(delivery, { mention });
  if ("ignored" in triggered) return triggered.ignored;
  return installationOf(delivery) === null ? "the delivery names no installation" : null;
}

/**
 * From a delivery to a job, or to the one answer that is due instead. What came of it, in words, is
 * returned.
 */
export function deliveryHandler(
  options: DeliveryHandlerOptions,
): (delivery: Delivery) => Promise<string> {
  // Of two commands in one thread the second may be answered sooner: it must not be before the first.
  const threads = new Locks();

  return async function handle(delivery) {
    const triggered = trigger(delivery, { mention: options.mention() });
    const installation = installationOf(delivery);
    if ("ignored" in triggered) return `ignored: ${triggered.ignored}`;
    if ("change" in triggered) return options.change(triggered.change);
    if (installation === null) return "ignored: the delivery names no installation";
    if ("press" in triggered) return options.press(triggered.press, installation);
    const { request } = triggered;
    return threads.run(threadKey(request), () => take(request, installation, delivery));
  };

  async function take(request: Request, installation: number, delivery: Delivery): Promise<string> {
    const github = await options.github(request, installation);
    const taken = await takeRequest(request, github, {
      ...options,
      nothingToCancel: "There is no job to cancel in this thread.",
    });
    if ("answered" in taken) return `answered: ${taken.answered}`;
    const enqueued = await options.enqueue(taken.job, installation, delivery.id);
    if (enqueued.kind !== "over-limit") return `job ${taken.job.id}`;
    await github.react(request.origin, "confused");
    await github.reply(
      { thread: request.thread.number, origin: request.origin },
      OVER_LIMIT[enqueued.limit],
    );
    return `answered: over the daily limit of ${enqueued.limit}`;
  }
}

const OVER_LIMIT = {
  jobs: "This repository has had all its jobs for today. Comment again tomorrow (UTC), or ask the App's operator for more.",
  cost: "This repository has used its budget for today. Comment again tomorrow (UTC), or ask the App's operator for more.",
};

function installationOf({ payload }: Delivery): number | null {
  const id = (payload as { installation?: { id?: unknown } | null } | null)?.installation?.id;
  return typeof id === "number" ? id : null;
}
