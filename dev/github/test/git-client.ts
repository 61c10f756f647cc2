import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A real git client in a folder of its own, without the configuration of whoever runs the test. */
export async function gitClient() {
  const folder = await mkdtemp(join(tmpdir(), "dev-github-client-"));
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: folder,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_AUTHOR_NAME: "Grace",
    GIT_AUTHOR_EMAIL: "grace@example.com",
    GIT_COMMITTER_NAME: "Grace",
    GIT_COMMITTER_EMAIL: "grace@example.com",
  };
  const call = async (where: string, argv: string[], more: Record<string, string> = {}) => {
    const options = { cwd: where, env: { ...env, ...more } };
    return (await run("git", argv, options)).stdout.trim();
  };
  return {
    folder,
    /** Runs git in a folder below the client's own. */
    in:
      (name: string, more: Record<string, string> = {}) =>
      (...argv: string[]) =>
        call(join(folder, name), argv, more),
    git: (...argv: string[]) => call(folder, argv),
    with:
      (more: Record<string, string>) =>
      (...argv: string[]) =>
        call(folder, argv, more),
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The clone address with a token in it, as a user of HTTPS would write it. */
export function withToken(url: string, token: string): string {
  return url.replace("://", `://x-access-token:${token}@`);
}
