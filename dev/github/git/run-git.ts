import { type ChildProcess, spawn } from "node:child_process";

/** A git command that failed: its exit code and what it said. */
export class GitError extends Error {
  readonly code: number | null;
  readonly stdout: Buffer;

  constructor(argv: string[], code: number | null, stdout: Buffer, stderr: string) {
    super(`git ${argv.slice(0, 2).join(" ")} exited with ${code}: ${stderr.trim()}`);
    this.name = "GitError";
    this.code = code;
    this.stdout = stdout;
  }
}

/** Git processes of one development GitHub, so that closing it leaves none behind. */
export class GitProcesses {
  readonly #running = new Map<ChildProcess, Promise<void>>();

  /** Starts git with nothing of the user's configuration. */
  spawn(argv: string[], folder: string, environment: Record<string, string> = {}) {
    const child = spawn("git", argv, {
      cwd: folder,
      env: { ...gitEnvironment(), ...environment },
      stdio: ["pipe", "pipe", "pipe"],
    });
    const closed = new Promise<void>((resolve) => {
      child.once("close", () => resolve());
      child.once("error", () => resolve());
    }).finally(() => this.#running.delete(child));
    this.#running.set(child, closed);
    return child;
  }

  /** Runs git to its end and returns its standard output; throws {@link GitError} otherwise. */
  async run(argv: string[], folder: string, input?: string | Buffer): Promise<Buffer> {
    const child = this.spawn(argv, folder);
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    // git may end before it has read all of its input; its exit code says more than EPIPE.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    const output = Buffer.concat(stdout);
    if (code !== 0) throw new GitError(argv, code, output, Buffer.concat(stderr).toString());
    return output;
  }

  async close(): Promise<void> {
    for (const child of this.#running.keys()) child.kill("SIGTERM");
    await Promise.all(this.#running.values());
  }
}

/** Nothing but PATH comes from outside: a developer's git configuration must not change a test. */
function gitEnvironment(): Record<string, string> {
  return {
    PATH: process.env.PATH ?? "",
    HOME: "/nonexistent",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    LC_ALL: "C",
  };
}
