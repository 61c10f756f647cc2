import type { Schedule, UpdateScheduleRequest } from "../../box/wire.ts";
import { EngineError } from "../engine-error.ts";

/**
 * A schedule with the changes of a PATCH: "", [], {}, 0 and null clear a field.
 * @throws EngineError 400 for another type, for the other type's fields, and for clearing what a
 *   schedule cannot be without
 */
export function updatedSchedule(
  schedule: Schedule,
  { type, ...change }: UpdateScheduleRequest,
  now: number,
): Schedule {
  if (type !== undefined && type !== schedule.type) {
    refuse("type: a schedule keeps its type; delete it and create another.");
  }
  const [needed, foreign] =
    schedule.type === "exec" ? (["command", "prompt"] as const) : (["prompt", "command"] as const);
  if (change[needed] !== undefined && isEmpty(change[needed])) {
    refuse(`${needed}: cannot be cleared; pause or delete the schedule instead.`);
  }
  if (change[foreign] !== undefined && !isEmpty(change[foreign])) {
    refuse(`${foreign}: a schedule of type ${schedule.type} has none; leave it out.`);
  }
  const updated: Record<string, unknown> = { ...schedule, updated_at: now };
  for (const [field, value] of Object.entries(change)) {
    if (value === undefined) continue;
    if (isEmpty(value)) delete updated[field];
    else updated[field] = value;
  }
  return updated as Schedule;
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === "" || value === 0) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

function refuse(message: string): never {
  throw new EngineError(400, "invalid_request", message);
}
