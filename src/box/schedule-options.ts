import type { HarnessOptions } from "./harness-options.ts";
import type { CallOptions } from "./options.ts";

/** What every schedule takes. */
interface ScheduleOptions extends CallOptions {
  /** Minute, hour, day of the month, month, day of the week; in UTC. `0 9 * * 1-5` */
  cron: string;
  /** Where it works, relative to `box.cwd` or absolute. @default box.cwd */
  folder?: string | undefined;
  /** Called with a POST after each run. */
  webhookUrl?: string | undefined;
  webhookHeaders?: Record<string, string> | undefined;
  /** Milliseconds that one run may take. @default no limit */
  timeout?: number | undefined;
}

/** What `schedule.exec` takes. */
export interface ExecScheduleOptions extends ScheduleOptions {
  /** The program and its arguments; for shell syntax `["sh", "-c", "date >> log"]`. */
  command: string[];
}

/** What `schedule.agent` takes. */
export interface AgentScheduleOptions extends ScheduleOptions {
  /** What the agent is to do. */
  prompt: string;
  /** @default the box's model */
  model?: string | undefined;
  /** Settings of the harness, as in `agent.run`. */
  options?: HarnessOptions | undefined;
}

/** What `schedule.update` takes: what is left out stays; "", [], {}, 0 and null clear a field. */
export interface UpdateScheduleOptions extends CallOptions {
  cron?: string | undefined;
  command?: string[] | undefined;
  prompt?: string | undefined;
  folder?: string | undefined;
  model?: string | undefined;
  options?: HarnessOptions | null | undefined;
  timeout?: number | undefined;
  webhookUrl?: string | undefined;
  webhookHeaders?: Record<string, string> | undefined;
}
