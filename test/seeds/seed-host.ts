import { format } from "node:util";
import { vi } from "vitest";
import { type DevGitHub, startGitHub } from "../../dev/github/index.ts";
import type { CustomRunner } from "../../src/box/wire.ts";
import { agentScript } from "../support/agent-script.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { type TestEngine, testEngine } from "../support/test-engine.ts";

/**
 * What the snippets of the documents have around them: an engine whose address and key are in the
 * environment, a GitHub with a token, a folder to work in, and a script in the place of Claude Code.
 *
 * @param scenarios what the agent does when it is asked; see `agentScript`
 */
export async function seedHost(scenarios: Record<string, string>): Promise<SeedHost> {
  const github = await startGitHub();
  const args = ["-c", agentScript(scenarios), "agent"];
  const agentPrograms: Record<string, CustomRunner> = { "claude-code": { command: "sh", args } };
  const engine = await testEngine({ agentPrograms, allowedHosts: [new URL(github.url).host] });
  const folder = await temporaryFolder();
  const before = process.cwd();
  process.chdir(folder.path);
  vi.stubEnv("UPSTASH_BOX_API_KEY", engine.apiKey);
  vi.stubEnv("UPSTASH_BOX_BASE_URL", engine.baseUrl);
  vi.stubEnv("GITHUB_TOKEN", github.createUser({ login: "user" }).token);
  vi.stubEnv("ANTHROPIC_API_KEY", "a key that goes to no provider");
  return {
    engine,
    github,
    async [Symbol.asyncDispose]() {
      vi.unstubAllEnvs();
      process.chdir(before);
      await engine[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
      await github.close();
    },
  };
}

export interface SeedHost extends AsyncDisposable {
  engine: TestEngine;
  github: DevGitHub;
}

/** What `console.log` and `process.stdout.write` would show from now on. */
export function shown(): { lines: string[]; text: () => string } {
  const lines: string[] = [];
  const pieces: string[] = [];
  vi.spyOn(console, "log").mockImplementation((...values) => {
    lines.push(format(...values));
  });
  vi.spyOn(process.stdout, "write").mockImplementation((piece) => {
    pieces.push(String(piece));
    return true;
  });
  return { lines, text: () => pieces.join("") };
}
