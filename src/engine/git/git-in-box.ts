import type { EngineBox } from "../engine-box.ts";
import { EngineError } from "../engine-error.ts";
import { commandEnvironment } from "../environment.ts";
import { boxPath } from "../paths.ts";

/** How a git command in a box ended. */
export interface GitResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** What goes with a git command beside its arguments. */
export interface GitInBoxOptions {
  env?: Record<string, string>;
  input?: Uint8Array;
}

/**
 * Runs git inside the box, in a folder of it. A failing git is a result.
 * @throws EngineError 400 for an argument that no process can be given
 */
export async function gitInBox(
  box: EngineBox,
  folder: string | undefined,
  args: readonly string[],
  options: GitInBoxOptions = {},
): Promise<GitResult> {
  if ([...args, folder ?? ""].some((text) => text.includes("\0"))) {
    throw new EngineError(
      400,
      "invalid_request",
      "An argument of git holds a NUL byte, which ends it; leave the byte out.",
    );
  }
  const connection = await box.connection();
  const { exit, stdout, stderr } = await connection.run({
    argv: ["git", ...args],
    cwd: boxPath(folder),
    env: { ...commandEnvironment(box), GIT_TERMINAL_PROMPT: "0", ...options.env },
    ...(options.input === undefined ? {} : { input: options.input }),
    limitBytes: 64 * 1024 * 1024,
  });
  return {
    exitCode: exit.code ?? 128,
    stdout: stdout.toString("utf8"),
    stderr: stderr.toString("utf8"),
  };
}

/**
 * Like {@link gitInBox}, for commands that must succeed.
 * @throws EngineError 400 with git's own words
 */
export async function requireGit(...call: Parameters<typeof gitInBox>): Promise<string> {
  const { exitCode, stdout, stderr } = await gitInBox(...call);
  if (exitCode === 0) return stdout;
  throw new EngineError(
    400,
    "git_failed",
    `git ${call[2][0]} failed: ${(stderr || stdout).trim().slice(-2_000)}`,
  );
}
