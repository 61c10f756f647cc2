import { Cron } from "croner";
import { EngineError } from "../engine-error.ts";

/**
 * Refuses what is no cron expression of five fields, and one that names no time at all (`0 0 30 2 *`).
 * @throws EngineError 400 naming `cron`
 */
export function requireCron(expression: string): void {
  // Croner takes seconds, years, dates and nicknames too; the API does not (box-api §3.10).
  if (expression.trim().split(/\s+/).length !== 5) {
    refuse("must have five fields (minute, hour, day, month, weekday; UTC)");
  }
  let next: Date | null;
  try {
    next = new Cron(expression, { mode: "5-part", timezone: "UTC" }).nextRun();
  } catch (error) {
    refuse((error as Error).message.replace(/^CronPattern: /, "").replace(/\.$/, ""));
  }
  if (next === null) refuse("names a time that never comes");
}

function refuse(reason: string): never {
  throw new EngineError(
    400,
    "invalid_request",
    `cron: ${reason}; write something like "0 9 * * 1-5".`,
  );
}
