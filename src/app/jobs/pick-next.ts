/** What decides when a job has its turn. */
export interface Waiting {
  id: string;
  installation: number;
  /** One job at a time for each of these. */
  threadKey: string;
  branchKey: string;
  /** To be ended, not worked on: that needs no room. */
  cancelled: boolean;
}

export interface Room {
  /** Jobs that may run at the same time, in all processes together. */
  total: number;
  /** The same for each installation. */
  perInstallation: number;
}

/**
 * The job whose turn it is, or null. A thread and a branch are served in the order of asking, one job at
 * a time. Among installations the one with the fewest running jobs is next, then the one whose last turn
 * is the longest ago: a thousand jobs of one hold nobody else up.
 *
 * @param queued in the order of asking
 * @param lastTurn when an installation had its last turn, in any unit; none: never
 */
export function pickNext<Job extends Waiting>(
  queued: readonly Job[],
  running: readonly Waiting[],
  room: Room,
  lastTurn: ReadonlyMap<number, number>,
): Job | null {
  const cancelled = queued.find((job) => job.cancelled);
  if (cancelled !== undefined) return cancelled;
  // A job that only ends takes nobody's room, but its thread is still its own.
  const working = running.filter((job) => !job.cancelled);
  if (working.length >= room.total) return null;
  const busy = new Set(running.flatMap(keys));
  const load = new Map<number, number>();
  for (const { installation } of working) {
    load.set(installation, (load.get(installation) ?? 0) + 1);
  }
  let next: Job | null = null;
  for (const job of queued) {
    const isFree = !keys(job).some((key) => busy.has(key));
    // Whoever asks later on the same thread or branch waits behind this one, whether it may start or not.
    for (const key of keys(job)) busy.add(key);
    const hasRoom = (load.get(job.installation) ?? 0) < room.perInstallation;
    if (isFree && hasRoom && (next === null || goesFirst(job, next))) next = job;
  }
  return next;

  function goesFirst(one: Job, other: Job): boolean {
    const loads = (load.get(one.installation) ?? 0) - (load.get(other.installation) ?? 0);
    if (loads !== 0) return loads < 0;
    return (lastTurn.get(one.installation) ?? 0) < (lastTurn.get(other.installation) ?? 0);
  }
}

function keys({ threadKey, branchKey }: Waiting): string[] {
  return [`thread ${threadKey}`, `branch ${branchKey}`];
}
