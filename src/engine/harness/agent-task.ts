import type { BoxdConnection, BoxdExit, BoxdProcess } from "../boxd/index.ts";
import type { EngineBox } from "../engine-box.ts";
import { commandEnvironment } from "../environment.ts";
import type { OpenGateway } from "../gateway/gateway.ts";
import type { ModelCalls } from "../gateway/model-calls.ts";
import type { WireFormat } from "../gateway/wire-format.ts";
import { BOX_USER, boxPath } from "../paths.ts";
import { agentEnvironment } from "./agent-environment.ts";
import { AgentLog } from "./agent-log.ts";
import type { CheckedAnswer } from "./answer-schema.ts";
import { countedEnd } from "./counted-end.ts";
import { brokenEnd, missingEnd } from "./failed-end.ts";
import type { AgentEvent, AgentRequest, Harness } from "./harness.ts";
import { attachmentPaths, promptText, repairText } from "./prompt-text.ts";
import { putSkills } from "./put-skills.ts";
import { StallGuard } from "./stall-guard.ts";
import { tail } from "./tail.ts";

/** How often an agent is told that its answer does not fit the schema. */
const REPAIRS = 2;

/** What a run is made of. */
export interface AgentTaskOptions {
  box: EngineBox;
  harness: Harness;
  request: AgentRequest;
  runId: string;
  model: string | undefined;
  /** Undefined for a user's own program, which has its own way to a model. */
  models: { calls: ModelCalls; format: WireFormat } | undefined;
  /** Undefined when the answer may be anything. */
  checkAnswer: ((answer: string) => CheckedAnswer) | undefined;
  /** Ends the run; its reason is the run's failure. */
  signal: AbortSignal;
}

/** One run of an agent in a box: from its program's start to its last event. */
export class AgentTask {
  readonly #options: AgentTaskOptions;
  readonly #folder: string;
  readonly #runFolder: string;
  readonly #stall: StallGuard;
  readonly #signal: AbortSignal;
  #connection: BoxdConnection | undefined;
  #gateway: OpenGateway | undefined;
  #root: string | undefined;
  #program!: BoxdProcess;
  #reveal: () => Promise<void> = async () => undefined;
  /** The conversation that it goes on with, and the one that it has had. */
  #resumed: string | undefined;
  #session: string | undefined;
  #cpuNanoseconds = 0n;
  #maxRssBytes = 0;

  constructor(options: AgentTaskOptions) {
    this.#options = options;
    this.#folder = boxPath(options.request.folder);
    this.#runFolder = `${BOX_USER.home}/.box-action/runs/${options.runId}`;
    this.#stall = new StallGuard();
    this.#signal = AbortSignal.any([options.signal, this.#stall.signal]);
  }

  /** There since `begin`. */
  get #boxd(): BoxdConnection {
    if (this.#connection === undefined) throw new Error("The run has not begun.");
    return this.#connection;
  }

  /** Of the processes that have ended. */
  get spent(): { cpu_ns: number; memory_peak_bytes: number } {
    return { cpu_ns: Number(this.#cpuNanoseconds), memory_peak_bytes: this.#maxRssBytes };
  }

  /**
   * Starts the program with all that it needs.
   * @throws whatever keeps it from starting; then nothing is left of it
   */
  async begin(): Promise<void> {
    const { box, harness, request, runId, models } = this.#options;
    try {
      this.#root = await this.#install();
      this.#connection = await box.connection();
      const paths = attachmentPaths(request, runId);
      for (const [index, { content }] of (request.files ?? []).entries()) {
        const write = { parents: true, signal: this.#signal };
        await this.#boxd.files.write(paths[index] ?? "", content, write);
      }
      await this.#hide();
      await this.#putSkills();
      if (models !== undefined) {
        this.#gateway = await box.agents.gateway.open(this.#boxd, models.calls);
      }
      this.#resumed = this.#lastSession();
      this.#program = await this.#start(
        promptText(request, paths, { saySchema: !harness.takesSchema }),
        this.#resumed,
        paths,
      );
    } catch (error) {
      await this.#cleanUp();
      throw error;
    }
  }

  /** All that the program says, as many events as are there at once; returns its end. */
  async *run(): AsyncGenerator<readonly AgentEvent[], AgentEvent> {
    let end: AgentEvent;
    try {
      end = yield* this.#attempt();
      for (let repairs = 0; end.name === "done"; repairs++) {
        const checked = this.#options.checkAnswer?.(String(end.data.output));
        if (checked === undefined) break;
        if ("output" in checked) {
          end = { name: "done", data: { ...end.data, output: checked.output } };
          break;
        }
        if (repairs === REPAIRS || this.#session === undefined) {
          end = { name: "error", data: { error: misfit(checked.problem, repairs) } };
          break;
        }
        this.#program = await this.#start(repairText(checked.problem), this.#session, []);
        end = yield* this.#attempt();
      }
      await this.#keepSession(end);
    } catch (error) {
      // Nobody reads its output any more: it would wait at a full pipe for ever.
      this.#program.signal("SIGKILL", "tree");
      end = brokenEnd(this.#signal, error);
    } finally {
      await this.#cleanUp();
    }
    return countedEnd(end, this.#options.models?.calls, this.#session, this.#signal);
  }

  /** Installs the harness's own program, where it has one and it is not there. */
  async #install(): Promise<string | undefined> {
    const { box, harness } = this.#options;
    if (harness.package === undefined) return undefined;
    const note = (message: string) => box.log.write("info", "system", message);
    return box.agents.programs.ensure(harness, note, this.#signal);
  }

  /** Written down first: a box that dies meanwhile puts them back when it starts again. */
  async #hide(): Promise<void> {
    const { box, harness, runId } = this.#options;
    if (harness.hidden.length === 0) return;
    await box.update({ hides_files: true });
    this.#reveal = await box.hiddenFiles.hide(
      { connection: this.#boxd, env: commandEnvironment(box) },
      { runId, folder: this.#folder, names: harness.hidden },
    );
  }

  async #putSkills(): Promise<void> {
    const { box, harness } = this.#options;
    if (harness.skills === undefined) return;
    await putSkills({
      connection: this.#boxd,
      env: commandEnvironment(box),
      folder: harness.skills,
      ids: box.record.enabled_skills ?? [],
      source: box.agents.skills,
      signal: this.#signal,
    });
  }

  /** Programs find a conversation again only where it was held; a user's own may do as it likes. */
  #lastSession(): string | undefined {
    const { record } = this.#options.box;
    const isHere = record.session_folder === undefined || record.session_folder === this.#folder;
    return isHere ? record.session_id : undefined;
  }

  async #start(
    prompt: string,
    session: string | undefined,
    attachments: readonly string[],
  ): Promise<BoxdProcess> {
    const { box, harness, request, model, models } = this.#options;
    const { argv, env, input, files } = harness.launch({
      program: box.agentProgram,
      root: this.#root,
      prompt,
      model,
      access: this.#gateway &&
        models && {
          url: this.#gateway.url,
          token: models.calls.token,
          format: models.format,
          provider: models.calls.provider.name,
          model: models.calls.model,
        },
      session,
      runFolder: this.#runFolder,
      attachments,
      mcpServers: box.record.mcp_servers ?? [],
      request,
    });
    for (const [path, content] of Object.entries(files ?? {})) {
      // Headers of tool servers are secrets to other programs of the box.
      const write = { parents: true, mode: 0o600, signal: this.#signal };
      await this.#boxd.files.write(path, Buffer.from(content), write);
    }
    const program = await this.#boxd.start({
      argv,
      cwd: this.#folder,
      env: { ...agentEnvironment(box, this.#gateway !== undefined), ...env },
      stdin: input === undefined ? "ignore" : "open",
      signal: this.#signal,
    });
    // A program that does not read it ends by itself, and says why.
    program.stdin?.on("error", () => undefined);
    program.stdin?.end(input);
    return program;
  }

  /** Passes on what the program sends, and keeps its end back until the program has ended. */
  async *#attempt(): AsyncGenerator<readonly AgentEvent[], AgentEvent> {
    const { box, harness } = this.#options;
    const program = this.#program;
    let events: AgentEvent[] = [];
    let sent: AgentEvent | undefined;
    const log = new AgentLog(box.log);
    const parser = harness.parser((event) => {
      if (event.name === "done" || event.name === "error") sent ??= event;
      else if (event.name !== "run_start" && event.name !== "stats") {
        log.write(event);
        events.push(event);
      }
    });
    const said = tail(program);
    for await (const chunk of program.stdout ?? []) {
      this.#stall.touch();
      parser.push(chunk);
      if (events.length === 0) continue;
      yield events;
      events = [];
    }
    const exit = await program.exit;
    this.#count(exit);
    const told = parser.end(exit.code);
    if (events.length > 0) yield events;
    log.end();
    this.#session = parser.session ?? sessionOf(sent) ?? this.#session;
    if (this.#signal.aborted && sent?.name !== "done") {
      return brokenEnd(this.#signal, this.#signal.reason);
    }
    return sent ?? told ?? missingEnd(exit, await said);
  }

  #count({ cpuNanoseconds, maxRssBytes }: BoxdExit): void {
    this.#cpuNanoseconds += cpuNanoseconds;
    this.#maxRssBytes = Math.max(this.#maxRssBytes, maxRssBytes);
  }

  /** The conversation is kept for the next run; one that cannot be gone on with is not tried again. */
  async #keepSession(end: AgentEvent): Promise<void> {
    const { box, models, harness } = this.#options;
    const calls = models?.calls;
    const isLost =
      end.name === "error" &&
      this.#resumed !== undefined &&
      calls?.count === 0 &&
      calls.problem === undefined &&
      !this.#signal.aborted;
    if (isLost) {
      await box.update({ session_id: undefined, session_folder: undefined });
    } else if (this.#session !== undefined) {
      const session_folder = harness.package === undefined ? undefined : this.#folder;
      await box.update({ session_id: this.#session, session_folder });
    }
  }

  /** Nothing of it matters to a box that is gone. */
  async #cleanUp(): Promise<void> {
    this.#stall.end();
    this.#gateway?.close();
    await this.#reveal();
    if (this.#options.harness.package === undefined) return;
    const files = this.#connection?.files.remove(this.#runFolder, { recursive: true });
    await files?.catch(() => undefined);
  }
}

function sessionOf(end: AgentEvent | undefined): string | undefined {
  const session = end?.name === "done" ? end.data.session_id : undefined;
  return typeof session === "string" ? session : undefined;
}

function misfit(problem: string, repairs: number): string {
  const after = repairs === 0 ? "" : `, also after ${repairs} corrections`;
  return `The agent's answer does not fit json_schema${after}: ${problem}. Say in the prompt what is wanted, or loosen the schema.`;
}
