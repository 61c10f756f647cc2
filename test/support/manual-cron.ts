import type { StartCron } from "../../src/engine/schedules/start-cron.ts";

/** A clock for schedules that stands still: `fire` makes the time of an expression come. */
export function manualCron() {
  const jobs = new Set<{ expression: string; fire: () => void }>();
  const startCron: StartCron = (expression, fire) => {
    const job = { expression, fire };
    jobs.add(job);
    return () => jobs.delete(job);
  };
  return {
    startCron,
    /** The expressions that are waited for. */
    waiting: () => [...jobs].map(({ expression }) => expression),
    fire(expression: string) {
      for (const job of jobs) if (job.expression === expression) job.fire();
    },
  };
}
