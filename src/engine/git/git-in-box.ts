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

/** Runs git inside the box, in a folder of it. A failing git is a result. */
export async function gitInBox(
  box: EngineBox,
  folder: string | undefined,
  args: readonly string[],
  variables: Record<string, string> = {},
): Promise<GitResult> {
  const connection = await box.connection();
  const { exit, stdout, stderr } = await connection.run({
    argv: ["git", ...args],
    cwd: boxPath(folder),
    env: { ...commandEnvironment(box), GIT_TERMINAL_PROMPT: "0", ...variables },
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
