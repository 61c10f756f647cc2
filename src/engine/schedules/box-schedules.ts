import { join } from "node:path";
import { z } from "zod";
import {
  type CreateScheduleRequest,
  Schedule,
  type UpdateScheduleRequest,
} from "../../box/wire.ts";
import type { BoxContext } from "../box-context.ts";
import type { EngineBox } from "../engine-box.ts";
import { EngineError } from "../engine-error.ts";
import type { RunOutcome } from "../run-outcome.ts";
import { JsonFile } from "../store/json-file.ts";
import { requireWebhookHeaders } from "../webhooks/require-webhook-headers.ts";
import { newSchedule } from "./new-schedule.ts";
import { requireCron } from "./require-cron.ts";
import { runSchedule } from "./run-schedule.ts";
import { updatedSchedule } from "./updated-schedule.ts";

/** Each has a timer, and all stand in one file that every run rewrites. */
const MAX_SCHEDULES = 100;

type Ports = Pick<BoxContext, "startCron" | "webhooks" | "onError">;

/** The schedules of one box, kept in its folder, and their runs. */
export class BoxSchedules {
  readonly #box: EngineBox;
  readonly #ports: Ports;
  readonly #file: JsonFile<z.ZodArray<typeof Schedule>>;
  readonly #schedules = new Map<string, Schedule>();
  /** Of the active ones: what stops each. */
  readonly #timers = new Map<string, () => void>();
  /** By schedule. */
  readonly #running = new Map<string, Promise<void>>();
  #stopped = false;

  constructor(box: EngineBox, folder: string, ports: Ports) {
    this.#box = box;
    this.#ports = ports;
    this.#file = new JsonFile(join(folder, "schedules.json"), z.array(Schedule));
  }

  /** Goes on with what an earlier engine was told. What it missed is not made up for. */
  async recover(): Promise<void> {
    for (const schedule of (await this.#file.read()) ?? []) {
      this.#schedules.set(schedule.id, schedule);
      this.#retime(schedule.id);
    }
  }

  list(): Schedule[] {
    return [...this.#schedules.values()];
  }

  get(id: string): Schedule {
    const schedule = this.#schedules.get(id);
    if (schedule !== undefined) return schedule;
    throw new EngineError(
      404,
      "not_found",
      `There is no schedule ${id} in box ${this.#box.id}; list them with GET /v2/box/${this.#box.id}/schedules.`,
    );
  }

  /** @throws EngineError 400 naming the field that cannot be honoured */
  async create(request: CreateScheduleRequest): Promise<Schedule> {
    const schedule = newSchedule(this.#box.id, request, seconds());
    await this.#require(schedule);
    if (this.#schedules.size >= MAX_SCHEDULES) {
      throw new EngineError(
        400,
        "too_many_schedules",
        `The box has ${MAX_SCHEDULES} schedules; delete one, or let one command do several things.`,
      );
    }
    await this.#put(schedule.id, schedule);
    return schedule;
  }

  /** @throws EngineError 400 naming the field that cannot be honoured */
  async update(id: string, change: UpdateScheduleRequest): Promise<Schedule> {
    await this.#require(updatedSchedule(this.get(id), change, seconds()));
    // Once more: somebody else may have changed it while its webhook was looked up.
    const schedule = updatedSchedule(this.get(id), change, seconds());
    await this.#put(id, schedule);
    return schedule;
  }

  /** A run that goes on is left to end. */
  async setStatus(id: string, status: "active" | "paused"): Promise<Schedule> {
    const schedule = this.get(id);
    if (schedule.status === status) return schedule;
    const changed = { ...schedule, status, updated_at: seconds() };
    await this.#put(id, changed);
    return changed;
  }

  /** A run that goes on is left to end. */
  async delete(id: string): Promise<Schedule> {
    const schedule = this.get(id);
    await this.#put(id, undefined);
    return { ...schedule, status: "deleted", updated_at: seconds() };
  }

  /** Starts no more runs. */
  stop(): void {
    this.#stopped = true;
    for (const stop of this.#timers.values()) stop();
    this.#timers.clear();
  }

  /** Resolves when the runs that went on have ended and all is written. */
  async settle(): Promise<void> {
    await Promise.all(this.#running.values());
    await this.#file.settle();
  }

  async #require(schedule: Schedule): Promise<void> {
    requireCron(schedule.cron);
    if (schedule.type === "prompt" && this.#box.record.agent === undefined) {
      throw new EngineError(
        400,
        "no_agent",
        "type: the box has no agent to prompt; create one with agent and model, or schedule a command.",
      );
    }
    const { webhook_url: url, webhook_headers: headers } = schedule;
    if (url === undefined) requireWebhookHeaders(headers ?? {}, "webhook_headers");
    else {
      const fields = { url: "webhook_url", headers: "webhook_headers" };
      await this.#ports.webhooks.check({ url, headers }, fields);
    }
  }

  /** Sets or removes one, on the disk and then in time; a disk that is full leaves it as it was. */
  async #put(id: string, schedule: Schedule | undefined): Promise<void> {
    const before = this.#schedules.get(id);
    this.#set(id, schedule);
    try {
      await this.#save();
    } catch (error) {
      this.#set(id, before);
      throw error;
    }
    this.#retime(id);
  }

  #set(id: string, schedule: Schedule | undefined): void {
    if (schedule === undefined) this.#schedules.delete(id);
    else this.#schedules.set(id, schedule);
  }

  #save(): Promise<void> {
    return this.#file.replace(this.list());
  }

  #retime(id: string): void {
    this.#timers.get(id)?.();
    this.#timers.delete(id);
    const schedule = this.#schedules.get(id);
    if (this.#stopped || schedule?.status !== "active") return;
    this.#timers.set(
      id,
      this.#ports.startCron(schedule.cron, () => this.#fire(id)),
    );
  }

  #fire(id: string): void {
    const schedule = this.#schedules.get(id);
    if (schedule === undefined || this.#stopped) return;
    if (this.#running.has(id)) {
      this.#skip(schedule);
      return;
    }
    const run = this.#run(schedule)
      .catch(this.#ports.onError)
      .finally(() => this.#running.delete(id));
    this.#running.set(id, run);
  }

  async #run(schedule: Schedule): Promise<void> {
    const startedAt = seconds();
    const outcome = await runSchedule(this.#box, schedule);
    if (outcome.error !== undefined) {
      this.#box.log.write("error", "system", `Schedule ${schedule.id}: ${outcome.error}`);
    }
    this.#tell(schedule, outcome);
    const now = this.#schedules.get(schedule.id);
    if (now === undefined) return;
    this.#set(now.id, {
      ...now,
      last_run_at: startedAt,
      last_run_status: outcome.status,
      last_run_id: outcome.runId,
      total_runs: now.total_runs + 1,
      total_failures: now.total_failures + (outcome.status === "failed" ? 1 : 0),
    });
    await this.#save();
  }

  /** The last run has not ended: two at once would work on the same files. */
  #skip(schedule: Schedule): void {
    const { type, prompt, command } = schedule;
    const run = this.#box.runs.skip(
      type === "prompt" ? "agent" : "shell",
      prompt ?? command?.join(" ") ?? "",
      schedule.id,
    );
    this.#box.log.write(
      "warn",
      "system",
      `Schedule ${schedule.id}: skipped, its last run has not ended.`,
    );
    this.#set(schedule.id, {
      ...schedule,
      last_run_at: run.created_at,
      last_run_status: "skipped",
      last_run_id: run.id,
    });
    void this.#save().catch(this.#ports.onError);
  }

  #tell(schedule: Schedule, { runId, status, output, error }: RunOutcome): void {
    const { webhook_url: url, webhook_headers: headers } = schedule;
    if (url === undefined) return;
    const event = {
      box_id: this.#box.id,
      run_id: runId,
      status,
      output,
      metadata: { schedule_id: schedule.id },
      ...(error !== undefined && { error }),
    };
    this.#ports.webhooks.deliver({ url, headers }, event, (message) =>
      this.#box.log.write("error", "system", `Schedule ${schedule.id}: ${message}`),
    );
  }
}

function seconds(): number {
  return Math.floor(Date.now() / 1000);
}
