import { deleteEnv, listEnv, setAllEnv, setEnv } from "./account-environment.ts";
import { BoxAgent } from "./agent.ts";
import { Agent } from "./agent-name.ts";
import { BaseBox } from "./base-box.ts";
import { BoxError } from "./box-error.ts";
import { Client } from "./client.ts";
import { createBody } from "./create-body.ts";
import { deleteBoxes } from "./delete-boxes.ts";
import { fetchBox } from "./fetch-box.ts";
import { Git } from "./git.ts";
import { Labels } from "./labels.ts";
import { makeBox } from "./make-box.ts";
import { type ModelConfig, modelConfig } from "./model-config.ts";
import { policyToWire } from "./network-policy.ts";
import type {
  CallOptions,
  CreateBoxOptions,
  CustomHarness,
  GetBoxOptions,
  ListBoxesOptions,
  NetworkPolicyOptions,
} from "./options.ts";
import {
  deletePublicURL,
  getPublicURL,
  listPublicURLs,
  type PublicURL,
  type PublicURLOptions,
} from "./public-urls.ts";
import { readList } from "./read-list.ts";
import { Skills } from "./skills.ts";
import { deleteSnapshots } from "./snapshots.ts";
import type { BoxData, LogEntry, RunRecord } from "./wire.ts";

/**
 * An isolated Linux machine with a coding agent in it.
 *
 * @example
 * await using box = await Box.create({
 *   runtime: "node",
 *   agent: { harness: Agent.ClaudeCode, model: "anthropic/claude-sonnet-4-5" },
 * });
 * await box.git.clone({ repo: "github.com/your-org/your-api" });
 * const run = await box.agent.run({ prompt: "Fix the failing tests" });
 */
export class Box extends BaseBox {
  static readonly delete = deleteBoxes;
  static readonly deleteSnapshots = deleteSnapshots;
  static readonly setEnv = setEnv;
  static readonly listEnv = listEnv;
  static readonly deleteEnv = deleteEnv;
  static readonly setAllEnv = setAllEnv;

  /** Repositories. */
  readonly git: Git;
  /** The coding agent. */
  readonly agent: BoxAgent;
  /** What to find the box by. */
  readonly labels: Labels;
  /** What the agent was taught. */
  readonly skills: Skills;

  /** @internal Use {@link Box.create} or {@link Box.get}. */
  constructor(client: Client, data: BoxData, gitToken?: string) {
    super(client, data, gitToken);
    this.git = new Git(this.context);
    this.agent = new BoxAgent(this.context);
    this.labels = new Labels(this.context);
    this.skills = new Skills(this.context);
  }

  /**
   * Makes a box and waits until it can be used.
   *
   * @throws BoxError `box_failed` when it does not come up, `timeout` after 300 s.
   * @example
   * const box = await Box.create({ runtime: "python", size: "large", env: { CI: "true" } });
   */
  static async create(options: CreateBoxOptions = {}): Promise<Box> {
    const { client, data } = await makeBox("", createBody(options), options);
    return new Box(client, data);
  }

  /**
   * Makes a box that begins as a snapshot was: its disk, agent and variables. What is named here goes
   * above what the snapshot holds.
   *
   * @throws BoxError `not_found` when there is no such snapshot; else as {@link Box.create}.
   * @example
   * const box = await Box.fromSnapshot("snap_abc123", { size: "medium" });
   */
  static async fromSnapshot(snapshotId: string, options: CreateBoxOptions = {}): Promise<Box> {
    const body = { snapshot_id: snapshotId, ...createBody(options) };
    const { client, data } = await makeBox("/from-snapshot", body, options);
    return new Box(client, data);
  }

  /**
   * Takes up an existing box by its id or its name.
   *
   * @throws BoxError `not_found`
   * @example
   * const box = await Box.get("right-flamingo-14486");
   */
  static async get(idOrName: string, options: GetBoxOptions = {}): Promise<Box> {
    const { client, data } = await fetchBox(idOrName, options);
    return new Box(client, data, options.gitToken);
  }

  /** The same as {@link Box.get}. */
  static getByName(name: string, options: GetBoxOptions = {}): Promise<Box> {
    return Box.get(name, options);
  }

  /**
   * The boxes of this API key, as the service describes them (snake case, times in unix seconds).
   *
   * @example
   * for (const { id, status } of await Box.list({ label: "ci" })) console.log(id, status);
   */
  static async list(options: ListBoxesOptions = {}): Promise<BoxData[]> {
    const { signal, requestTimeout, label } = options;
    const request = { query: { label }, signal, requestTimeout };
    return readList((await new Client(options).json("GET", "", request)).value);
  }

  /** Whether the box never pauses. */
  get keepAlive(): boolean {
    return this.data.keep_alive ?? false;
  }

  /** The agent program and its model, undefined without an agent. */
  get modelConfig(): ModelConfig {
    return modelConfig(this.data);
  }

  /**
   * Stops the box and keeps its files and settings; its processes end. Any later use wakes it.
   *
   * @throws BoxError `invalid_argument` for a keep-alive box.
   */
  async pause(options: CallOptions = {}): Promise<void> {
    if (this.keepAlive) {
      throw new BoxError(
        "invalid_argument",
        "Keep-alive boxes cannot be paused. Delete the box, or create it without keepAlive.",
      );
    }
    await this.#call("POST", "pause", options);
  }

  /** Wakes a paused box. */
  async resume(options: CallOptions = {}): Promise<void> {
    await this.#call("POST", "resume", options);
  }

  /** The command that runs at every start of a keep-alive box; "" when there is none. */
  async getInitCommand(options: CallOptions = {}): Promise<string> {
    this.#requireKeepAlive();
    const value = await this.#call("GET", "startup", options);
    return ({ ...(value as object) } as { init_command?: string }).init_command ?? "";
  }

  /** Sets the command that runs at every start of a keep-alive box, from the next one on. */
  async setInitCommand(initCommand: string, options: CallOptions = {}): Promise<void> {
    this.#requireKeepAlive();
    await this.#call("PUT", "startup", options, { init_command: initCommand });
  }

  async deleteInitCommand(options: CallOptions = {}): Promise<void> {
    this.#requireKeepAlive();
    await this.#call("DELETE", "startup", options);
  }

  /** Changes the agent's model, from the next run on. */
  async configureModel(model: string, options: CallOptions = {}): Promise<void> {
    const value = await this.#call("PUT", "config/model", options, { model });
    // A box without an agent gets the one that the model is for, where the service says which.
    const { agent = this.data.agent } = { ...(value as Pick<BoxData, "agent">) };
    this.data = { ...this.data, model, agent };
    this.context.harness = agent || undefined;
  }

  /** Makes a program of your own the agent, from the next run on. */
  async configureCustomHarness(harness: CustomHarness, options: CallOptions = {}): Promise<void> {
    await this.#call("PUT", "config/custom-runner", options, { custom_runner: harness });
    // A box that had another agent has that one's model, which says nothing to a custom program.
    const model = this.data.agent === Agent.Custom ? this.data.model : undefined;
    this.data = { ...this.data, agent: Agent.Custom, model: model ?? "custom" };
    this.context.harness = Agent.Custom;
  }

  /** Changes what the box may reach, at once. */
  async updateNetworkPolicy(
    policy: NetworkPolicyOptions,
    options: CallOptions = {},
  ): Promise<void> {
    const network_policy = policyToWire(policy);
    await this.#call("PUT", "config/network-policy", options, network_policy);
    this.data = { ...this.data, network_policy };
  }

  /**
   * Makes a port of the box reachable from outside, until the box pauses. Asking again replaces the
   * credentials.
   *
   * @example
   * const { url, token } = await box.getPublicURL(3000, { bearerToken: true });
   * await fetch(url, { headers: { authorization: `Bearer ${token}` } });
   */
  getPublicURL(port: number, options: PublicURLOptions = {}): Promise<PublicURL> {
    return getPublicURL(this.context, port, options);
  }

  /** The addresses of the box's ports, without credentials. */
  async listPublicURLs(options: CallOptions = {}): Promise<{ publicURLs: PublicURL[] }> {
    return { publicURLs: await listPublicURLs(this.context, options) };
  }

  /** Takes the address of a port back. */
  deletePublicURL(port: number, options: CallOptions = {}): Promise<void> {
    return deletePublicURL(this.context, port, options);
  }

  /** @deprecated Say {@link Box.getPublicURL}. */
  getPreviewUrl(port: number, options: PublicURLOptions = {}): Promise<PublicURL> {
    return this.getPublicURL(port, options);
  }

  /** @deprecated Say {@link Box.listPublicURLs}. */
  async listPreviews(options: CallOptions = {}): Promise<{ previews: PublicURL[] }> {
    return { previews: await listPublicURLs(this.context, options) };
  }

  /** @deprecated Say {@link Box.deletePublicURL}. */
  deletePreview(port: number, options: CallOptions = {}): Promise<void> {
    return this.deletePublicURL(port, options);
  }

  /** What has run in the box, newest first, as the service describes it. */
  async listRuns(options: CallOptions = {}): Promise<RunRecord[]> {
    return readList(await this.#call("GET", "runs", options), "runs");
  }

  /**
   * What the box and its runs have said, oldest first.
   *
   * @param options `limit` entries from the `offset`th on; without them all that the service keeps.
   */
  async logs(
    options: CallOptions & { offset?: number | undefined; limit?: number | undefined } = {},
  ): Promise<LogEntry[]> {
    const { offset, limit, signal, requestTimeout } = options;
    const query = { offset: offset?.toString(), limit: limit?.toString() };
    const request = { query, signal, requestTimeout };
    const { client, path } = this.context;
    return readList((await client.json("GET", `${path}/logs`, request)).value, "logs");
  }

  async #call(method: string, path: string, options: CallOptions, body?: object) {
    const { signal, requestTimeout } = options;
    const request = { body, signal, requestTimeout };
    const { client, path: box } = this.context;
    return (await client.json(method, `${box}/${path}`, request)).value;
  }

  #requireKeepAlive(): void {
    if (this.keepAlive) return;
    throw new BoxError(
      "invalid_argument",
      "Init command is only available for keep-alive boxes. Create the box with keepAlive: true, or use box.exec.",
    );
  }
}
