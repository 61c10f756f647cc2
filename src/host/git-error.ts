/** A git command that failed. */
export class GitError extends Error {
  override readonly name = "GitError";
  /** The subcommand: `fetch`, `push`… */
  readonly command: string;
  readonly exitCode: number | null;
  /** What git wrote to standard error, without credentials. */
  readonly stderr: string;

  constructor(
    command: string,
    exitCode: number | null,
    signal: NodeJS.Signals | null,
    stderr: string,
    options?: { cause?: unknown },
  ) {
    const end = signal === null ? `exit code ${exitCode}` : `ended by ${signal}`;
    super(`git ${command} failed (${end}): ${stderr.trim() || "no message"}`, options);
    this.command = command;
    this.exitCode = exitCode;
    this.stderr = stderr;
  }
}
