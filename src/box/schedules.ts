import { agentSettings } from "./agent-settings.ts";
import type { BoxContext } from "./box-context.ts";
import type { CallOptions } from "./options.ts";
import { pathSegment } from "./path-segment.ts";
import { resolvePath } from "./paths.ts";
import { readList } from "./read-list.ts";
import { readRecord } from "./read-record.ts";
import type {
  AgentScheduleOptions,
  ExecScheduleOptions,
  UpdateScheduleOptions,
} from "./schedule-options.ts";
import type { Schedule } from "./wire.ts";

/** Commands and prompts that a box runs again and again: `box.schedule`. Times are UTC. */
export class Schedules {
  readonly #box: BoxContext;

  /** @internal */
  constructor(box: BoxContext) {
    this.#box = box;
  }

  /**
   * Runs a command again and again. A run that is due while the last one goes on is skipped.
   *
   * @example
   * await box.schedule.exec({ cron: "* * * * *", command: ["sh", "-c", "date >> cron.log"] });
   */
  exec(options: ExecScheduleOptions): Promise<Schedule> {
    const body = { type: "exec", ...this.#body(options), folder: this.#folder(options.folder) };
    return this.#schedule("POST", "", options, body);
  }

  /**
   * Gives the agent a prompt again and again.
   *
   * @example
   * await box.schedule.agent({ cron: "0 9 * * *", prompt: "Run the tests and fix what fails" });
   */
  agent(options: AgentScheduleOptions): Promise<Schedule> {
    const body = { type: "prompt", ...this.#body(options), folder: this.#folder(options.folder) };
    return this.#schedule("POST", "", options, body);
  }

  /** The active and the paused schedules of the box. */
  async list(options: CallOptions = {}): Promise<Schedule[]> {
    const { value } = await this.#box.client.json("GET", `${this.#box.path}/schedules`, options);
    return readList(value);
  }

  /** @throws BoxError `not_found` */
  get(id: string, options: CallOptions = {}): Promise<Schedule> {
    return this.#schedule("GET", schedulePath(id), options);
  }

  /**
   * Changes what is named, and leaves the rest.
   *
   * @throws BoxError `not_found`
   * @example
   * await box.schedule.update(schedule.id, { cron: "0 10 * * *", webhookUrl: "" });
   */
  update(id: string, options: UpdateScheduleOptions): Promise<Schedule> {
    const { folder } = options;
    const body = { ...this.#body(options), folder: folder && this.#folder(folder) };
    // "" clears the folder: the schedule works in the workspace then.
    if (folder === "") body.folder = "";
    return this.#schedule("PATCH", schedulePath(id), options, body);
  }

  /** Lets it rest until it is resumed. */
  async pause(id: string, options: CallOptions = {}): Promise<void> {
    await this.#call("POST", `${schedulePath(id)}/pause`, options);
  }

  /** What was due while it was paused is not made up for. */
  async resume(id: string, options: CallOptions = {}): Promise<void> {
    await this.#call("POST", `${schedulePath(id)}/resume`, options);
  }

  /** Deletes it for good; a run that goes on ends by itself. */
  async delete(id: string, options: CallOptions = {}): Promise<void> {
    await this.#call("DELETE", schedulePath(id), options);
  }

  #folder(folder: string | undefined): string {
    return resolvePath(this.#box.cwd, folder ?? ".");
  }

  #body(options: Partial<AgentScheduleOptions & ExecScheduleOptions> | UpdateScheduleOptions) {
    return {
      cron: options.cron,
      command: options.command,
      prompt: options.prompt,
      model: options.model,
      agent_options: agentSettings(this.#box.harness, options.options),
      timeout: options.timeout,
      webhook_url: options.webhookUrl,
      webhook_headers: options.webhookHeaders,
    };
  }

  async #schedule(
    method: string,
    path: string,
    options: CallOptions,
    body?: object,
  ): Promise<Schedule> {
    return readRecord<Schedule>(await this.#call(method, path, options, body), "id");
  }

  async #call(
    method: string,
    path: string,
    { signal, requestTimeout }: CallOptions,
    body?: object,
  ): Promise<unknown> {
    const request = { body, signal, requestTimeout };
    return (await this.#box.client.json(method, `${this.#box.path}/schedules${path}`, request))
      .value;
  }
}

function schedulePath(id: string): string {
  return `/${pathSegment(id, "a schedule")}`;
}
