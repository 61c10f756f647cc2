import { randomBytes } from "node:crypto";
import type { CreateScheduleRequest, Schedule } from "../../box/wire.ts";

/** The schedule that a request asks for. `now` is in unix seconds. */
export function newSchedule(boxId: string, request: CreateScheduleRequest, now: number): Schedule {
  return {
    id: `sched-${randomBytes(6).toString("hex")}`,
    box_id: boxId,
    customer_id: "local",
    ...request,
    status: "active",
    total_runs: 0,
    total_failures: 0,
    created_at: now,
    updated_at: now,
  };
}
