import { BoxAgent } from "./agent.ts";
import { awaitCreation } from "./await-creation.ts";
import type { BoxContext } from "./box-context.ts";
import { BoxError } from "./box-error.ts";
import { Client } from "./client.ts";
import { createBody } from "./create-body.ts";
import { Exec } from "./exec.ts";
import { Files } from "./files.ts";
import { Git } from "./git.ts";
import type { CallOptions, ConnectionOptions, CreateBoxOptions } from "./options.ts";
import { resolvePath, WORKSPACE } from "./paths.ts";
import { readBoxData } from "./read-box-data.ts";
import type { BoxData, BoxSize, BoxStatus } from "./wire.ts";

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
export class Box {
  /** Commands. */
  readonly exec: Exec;
  /** Files. */
  readonly files: Files;
  /** Repositories. */
  readonly git: Git;
  /** The coding agent. */
  readonly agent: BoxAgent;
  readonly #context: BoxContext;
  readonly #data: BoxData;

  /** @internal Use {@link Box.create} or {@link Box.get}. */
  constructor(client: Client, data: BoxData) {
    this.#data = data;
    this.#context = {
      client,
      id: data.id,
      path: `/${encodeURIComponent(data.id)}`,
      cwd: WORKSPACE,
      harness: data.agent || undefined,
    };
    this.exec = new Exec(this.#context);
    this.files = new Files(this.#context);
    this.git = new Git(this.#context);
    this.agent = new BoxAgent(this.#context);
  }

  /**
   * Makes a box and waits until it can be used.
   *
   * @throws BoxError `box_failed` when it does not come up, `timeout` after 300 s.
   * @example
   * const box = await Box.create({ runtime: "python", size: "large", env: { CI: "true" } });
   */
  static async create(options: CreateBoxOptions = {}): Promise<Box> {
    const { signal, requestTimeout } = options;
    const client = new Client(options);
    const body = createBody(options);
    const { value } = await client.json("POST", "", { body, signal, requestTimeout });
    return new Box(client, await awaitCreation(client, readBoxData(value, "POST"), signal));
  }

  /**
   * Takes up an existing box by its id or its name.
   *
   * @throws BoxError `not_found`
   * @example
   * const box = await Box.get("right-flamingo-14486");
   */
  static async get(idOrName: string, options: ConnectionOptions & CallOptions = {}): Promise<Box> {
    const { signal, requestTimeout } = options;
    const client = new Client(options);
    const path = `/${encodeURIComponent(requireName(idOrName))}`;
    const { value } = await client.json("GET", path, { signal, requestTimeout });
    return new Box(client, readBoxData(value, "GET"));
  }

  /** The same as {@link Box.get}. */
  static getByName(name: string, options: ConnectionOptions & CallOptions = {}): Promise<Box> {
    return Box.get(name, options);
  }

  /**
   * The boxes of this API key, as the service describes them (snake case, times in unix seconds).
   *
   * @example
   * for (const { id, status } of await Box.list({ label: "ci" })) console.log(id, status);
   */
  static async list(
    options: ConnectionOptions & CallOptions & { label?: string | undefined } = {},
  ): Promise<BoxData[]> {
    const { signal, requestTimeout, label } = options;
    const request = { query: { label }, signal, requestTimeout };
    const { value } = await new Client(options).json("GET", "", request);
    return Array.isArray(value) ? (value as BoxData[]) : [];
  }

  /**
   * Deletes boxes for good.
   *
   * @param ids An id, or several.
   * @example
   * await Box.delete(["right-flamingo-14486", "quiet-heron-00412"]);
   */
  static async delete(
    ids: string | readonly string[],
    options: ConnectionOptions & CallOptions = {},
  ): Promise<void> {
    const list = typeof ids === "string" ? [ids] : ids;
    if (list.length === 0) return;
    const { signal, requestTimeout } = options;
    const body = { ids: list.map(requireName) };
    await new Client(options).json("DELETE", "", { body, signal, requestTimeout });
  }

  get id(): string {
    return this.#data.id;
  }

  /** The name it was given, if any. */
  get name(): string | undefined {
    return this.#data.name;
  }

  get labels(): readonly string[] {
    return this.#data.labels ?? [];
  }

  /** `small`, `medium` or `large`. */
  get size(): BoxSize {
    return this.#data.size ?? "small";
  }

  get runtime(): string | undefined {
    return this.#data.runtime;
  }

  /** Whether the box never pauses. */
  get keepAlive(): boolean {
    return this.#data.keep_alive ?? false;
  }

  /** The agent program and its model, undefined without an agent. */
  get modelConfig(): { harness: string | undefined; model: string | undefined } {
    return { harness: this.#data.agent || undefined, model: this.#data.model || undefined };
  }

  /** Where commands, files, git and the agent work. @default "/workspace/home" */
  get cwd(): string {
    return this.#context.cwd;
  }

  /**
   * Changes `cwd` for what follows.
   *
   * @param path Relative to `cwd`, or absolute.
   * @throws BoxError `no_such_directory`; `cwd` stays as it is.
   * @example
   * await box.cd("my-project");
   * box.cwd; // "/workspace/home/my-project"
   */
  async cd(path: string, options: CallOptions = {}): Promise<void> {
    const target = resolvePath(this.cwd, path);
    const run = await this.exec.command(["test", "-d", target], {
      folder: WORKSPACE,
      signal: options.signal,
      timeout: options.requestTimeout,
    });
    if (run.exitCode !== 0) {
      throw new BoxError(
        "no_such_directory",
        `cd: ${path}: No such file or directory. box.files.list() shows what is there.`,
      );
    }
    this.#context.cwd = target;
  }

  /** What the box is doing now. */
  async getStatus(options: CallOptions = {}): Promise<{ status: BoxStatus }> {
    const path = `${this.#context.path}/status`;
    const { value } = await this.#context.client.json("GET", path, options);
    return { status: (value as { status: BoxStatus }).status };
  }

  /** Deletes the box for good. One that is gone already is no error. */
  async delete(options: CallOptions = {}): Promise<void> {
    try {
      await this.#context.client.json("DELETE", this.#context.path, options);
    } catch (error) {
      if (!BoxError.isInstance(error) || error.code !== "not_found") throw error;
    }
  }

  /** Deletes the box at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.delete();
  }
}

/** An empty id would address all boxes. */
function requireName(idOrName: string): string {
  if (idOrName !== "") return idOrName;
  throw new BoxError("invalid_argument", "Expected the id or name of a box, got an empty string.");
}
