import { Cron } from "croner";

/** Calls `fire` at each time of a cron expression until the function is called that this gives back. */
export type StartCron = (expression: string, fire: () => void) => () => void;

/**
 * By the system's clock, in UTC. Times that pass while nothing listens are not made up for.
 * @throws when the expression is none; see `requireCron`
 */
export const startCron: StartCron = (expression, fire) => {
  const options = { mode: "5-part", timezone: "UTC", unref: true } as const;
  const job = new Cron(expression, options, () => fire());
  return () => job.stop();
};
