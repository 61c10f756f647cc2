import type { Readable } from "node:stream";
import type { WebSocket } from "ws";
import { ExecSessionClientFrame, type ExecSessionServerFrame } from "../../box/wire.ts";
import { asEngineError } from "../as-engine-error.ts";
import type { BoxdProcess } from "../boxd/index.ts";
import type { EngineBox } from "../engine-box.ts";
import { exitCode } from "../exit-code.ts";
import type { RunningRun } from "../runs.ts";
import { sessionCommand } from "./session-command.ts";
import { sessionSignal } from "./session-signal.ts";

type StartFrame = Extract<ExecSessionClientFrame, { type: "start" }>;

/** A client that says nothing has gone wrong; it must not hold a connection for ever. */
const START_LIMIT_MS = 30_000;
/** Between SIGTERM and SIGKILL, when `terminate` does not say. */
const DEFAULT_GRACE_MS = 5_000;
/** So that no proxy gives up on a quiet terminal, and a client that vanished is noticed. */
const PING_MS = 15_000;
/**
 * Input that waits for the program. Beyond it the client is not read any more, and so could not send
 * a signal either: enough that nobody who types comes there.
 */
const INPUT_AHEAD_BYTES = 4 * 1024 * 1024;

/** WebSocket close codes (RFC 6455 §7.4.1). */
const CLOSE = { normal: 1000, malformed: 1008, failed: 1011 } as const;

/** One connection of `WS /{id}/exec-session`: a process whose life is the connection's. */
export class ExecSession {
  /** Resolves when connection and process have ended. Never rejects. */
  readonly done: Promise<void>;
  readonly #box: EngineBox;
  readonly #socket: WebSocket;
  readonly #runId: string | undefined;
  #program: Promise<BoxdProcess | undefined> | undefined;
  #run: RunningRun | undefined;
  #ended: Promise<void> = Promise.resolve();
  #grace: NodeJS.Timeout | undefined;

  constructor(box: EngineBox, socket: WebSocket, runId: string | undefined) {
    this.#box = box;
    this.#socket = socket;
    this.#runId = runId;
    const startLimit = setTimeout(() => this.#refuse("No start frame came."), START_LIMIT_MS);
    const ping = setInterval(() => socket.ping(), PING_MS);
    socket.on("message", (data, isBinary) => {
      clearTimeout(startLimit);
      this.#onMessage(isBinary ? undefined : data.toString());
    });
    // ws closes the connection by itself, with the code that says what was wrong.
    socket.on("error", () => undefined);
    const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    this.done = closed.then(async () => {
      clearTimeout(startLimit);
      clearInterval(ping);
      clearTimeout(this.#grace);
      if (this.#run !== undefined) this.#box.runs.cancel(this.#run.id);
      await this.#program;
      await this.#ended;
    });
  }

  #onMessage(text: string | undefined): void {
    const frame = parse(text);
    if (typeof frame === "string") this.#refuse(frame);
    else if (frame.type === "start") {
      if (this.#program === undefined) this.#program = this.#start(frame);
      else this.#refuse("The process is started already.");
    } else if (this.#program === undefined) this.#refuse("The first frame must be start.");
    // What comes while the process is being started waits for it, in order.
    else void this.#program.then((program) => program && this.#onFrame(program, frame));
  }

  async #start(frame: StartFrame): Promise<BoxdProcess | undefined> {
    try {
      const command = sessionCommand(this.#box, frame);
      const connection = await this.#box.connection();
      if (!this.#isOpen) return undefined;
      const run = this.#box.runs.start("shell", command.argv.join(" "), { id: this.#runId });
      this.#run = run;
      const program = await connection
        .start({ ...command, signal: run.signal })
        .catch((error: unknown) => {
          run.finish({ status: "failed" });
          throw error;
        });
      void this.#send({ type: "started", pid: program.pid, execId: run.id });
      this.#ended = this.#follow(program, run);
      return program;
    } catch (error) {
      this.#end(CLOSE.failed, asEngineError(error).message);
      return undefined;
    }
  }

  async #follow(program: BoxdProcess, run: RunningRun): Promise<void> {
    try {
      await Promise.all([
        this.#output("stdout", program.stdout),
        this.#output("stderr", program.stderr),
      ]);
      const exit = await program.exit;
      run.finish({
        status: exit.code === 0 ? "completed" : "failed",
        cpu_ns: Number(exit.cpuNanoseconds),
      });
      void this.#send({ type: "exit", code: exitCode(exit) });
      this.#end(CLOSE.normal);
    } catch (error) {
      run.finish({ status: "failed" });
      this.#end(CLOSE.failed, asEngineError(error).message);
    } finally {
      this.#run = undefined;
    }
  }

  #onFrame(program: BoxdProcess, frame: Exclude<ExecSessionClientFrame, StartFrame>): void {
    if (frame.type === "stdin") this.#input(program, Buffer.from(frame.data, "base64"));
    else if (frame.type === "stdin_close") program.stdin?.end();
    // Without a terminal there is nothing whose size could change.
    else if (frame.type === "resize") {
      if (program.hasTerminal) program.resize(frame.rows, frame.cols);
    } else if (frame.type === "signal") {
      const signal = sessionSignal(frame.signal);
      if (signal !== undefined) program.signal(signal, signal === "SIGKILL" ? "tree" : "group");
      else void this.#send({ type: "error", message: `signal: ${frame.signal} may not be sent.` });
    } else {
      program.signal("SIGTERM", "tree");
      const kill = () => program.signal("SIGKILL", "tree");
      this.#grace ??= setTimeout(kill, frame.graceMs ?? DEFAULT_GRACE_MS);
    }
  }

  #input({ stdin }: BoxdProcess, data: Buffer): void {
    if (stdin === null || stdin.writableEnded || stdin.destroyed) return;
    stdin.write(data);
    if (stdin.writableLength < INPUT_AHEAD_BYTES || this.#socket.isPaused) return;
    this.#socket.pause();
    stdin.once("drain", () => this.#socket.resume());
  }

  /** Reads on when the client has gone: a program at a full pipe could not end. */
  async #output(type: "stdout" | "stderr", stream: Readable | null): Promise<void> {
    for await (const chunk of stream ?? []) {
      await this.#send({ type, data: (chunk as Buffer).toString("base64") });
    }
  }

  /** Resolves when the client's connection has taken it, or is no more. */
  #send(frame: ExecSessionServerFrame): Promise<void> {
    return new Promise((resolve) => this.#socket.send(JSON.stringify(frame), () => resolve()));
  }

  #refuse(message: string): void {
    this.#end(CLOSE.malformed, message);
  }

  #end(code: number, error?: string): void {
    if (error !== undefined) void this.#send({ type: "error", message: error });
    // Else the client's own close would not be read.
    this.#socket.resume();
    this.#socket.close(code);
  }

  get #isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }
}

/** The frame, or what is wrong with it. */
function parse(text: string | undefined): ExecSessionClientFrame | string {
  if (text === undefined) return "Frames are text: JSON with base64 in it.";
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "The frame is not JSON.";
  }
  const result = ExecSessionClientFrame.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  return `${issue?.path.join(".") || "frame"}: ${issue?.message}`;
}
