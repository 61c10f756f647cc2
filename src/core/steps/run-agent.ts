import type { Box } from "../../box/index.ts";
import { BoxError } from "../../box/index.ts";
import type { Job } from "../job.ts";
import { JobFailure } from "../job-failure.ts";
import type { JobPorts } from "../ports.ts";
import { writePrompt } from "../prompt.ts";
import { QUIET_GIT } from "./quiet-git.ts";

/** A build or a formatter takes minutes; a server that never ends would hold its place for ever. */
const COMMAND_LIMIT_MS = 30 * 60_000;
/** Long enough for a large task, short enough that a hung agent is noticed the same hour. */
const AGENT_LIMIT_MS = 60 * 60_000;
/** Views show less; every character of it has to be searched for secrets. */
const TOOL_OUTPUT_CHARACTERS = 8_000;

/** What the agent, or the command, left behind. */
export interface AgentResult {
  /** The git tree of everything that is in the working tree now. */
  tree: string;
  /** In the agent's own words; empty for a command, which has none. */
  summary: string;
}

/** Does what was asked, in the box, and records the resulting tree before anything else touches it. */
export async function runAgent(box: Box, job: Job, ports: JobPorts): Promise<AgentResult> {
  const { command } = job.request;
  if (command.verb === "run") {
    await runCommand(box, command.command, ports);
    return { tree: await writeTree(box, ports), summary: "" };
  }
  // Before it is shortened or escaped on its many ways out: then a secret is not itself any more.
  const summary = ports.redact(await askAgent(box, job, ports));
  ports.emit({ type: "agent-finished", summary });
  return { tree: await writeTree(box, ports), summary };
}

async function runCommand(box: Box, command: string, ports: JobPorts): Promise<void> {
  const { emit, signal } = ports;
  const run = await box.exec.stream(command, { signal, timeout: COMMAND_LIMIT_MS });
  try {
    for await (const chunk of run) {
      if (chunk.type !== "exit") emit({ type: "output", stream: chunk.type, text: chunk.data });
    }
  } catch (cause) {
    if (signal.aborted || !isTimeout(cause)) throw cause;
    throw tookTooLong(`\`${command}\``, COMMAND_LIMIT_MS, cause);
  }
  if (run.exitCode === 0) return;
  throw new JobFailure(
    "command-failed",
    `\`${command}\` ended with exit code ${run.exitCode}.`,
    "See its output below; nothing was pushed.",
  );
}

async function askAgent(box: Box, job: Job, ports: JobPorts): Promise<string> {
  const { emit, signal } = ports;
  try {
    const run = await box.agent.stream({
      prompt: writePrompt(job.request),
      signal,
      timeout: AGENT_LIMIT_MS,
    });
    for await (const chunk of run) {
      switch (chunk.type) {
        case "text-delta":
          emit({ type: "agent-text", text: chunk.text });
          break;
        case "reasoning":
          emit({ type: "agent-thinking", text: chunk.text });
          break;
        case "tool-call": {
          const { toolCallId: id = "", toolName: name, input } = chunk;
          emit({ type: "agent-tool", id, name, input });
          break;
        }
        case "tool-result":
          emit({
            type: "agent-tool-result",
            id: chunk.toolCallId ?? "",
            output: asText(chunk.output),
          });
          break;
        case "finish": {
          const { inputTokens, outputTokens } = chunk.usage;
          const usage = { inputTokens, outputTokens, costUsd: chunk.cost.totalUsd };
          emit({ type: "usage", usage });
          break;
        }
      }
    }
    return run.result.trim();
  } catch (cause) {
    if (!BoxError.isInstance(cause) || signal.aborted) throw cause;
    if (isTimeout(cause)) throw tookTooLong("The agent", AGENT_LIMIT_MS, cause);
    throw new JobFailure(
      "agent-failed",
      `The agent failed: ${cause.message}`,
      "Comment the same command again, or say more precisely what is to be done.",
      { cause },
    );
  }
}

function asText(output: unknown): string {
  const text = typeof output === "string" ? output : (JSON.stringify(output) ?? "");
  return text.slice(0, TOOL_OUTPUT_CHARACTERS);
}

function isTimeout(error: unknown): boolean {
  return BoxError.isInstance(error) && error.code === "timeout";
}

function tookTooLong(who: string, limit: number, cause: unknown): JobFailure {
  return new JobFailure(
    "timed-out",
    `${who} did not end within ${limit / 60_000} minutes and was stopped.`,
    "Ask for less at a time; what was done so far is kept below.",
    { cause },
  );
}

/**
 * Whatever the agent did to branches and commits, its work is what the files are now. The tests that
 * come next may leave files of their own; they are not in this tree.
 */
async function writeTree(box: Box, { signal }: JobPorts): Promise<string> {
  for (const args of [["add", "--all"], ["write-tree"]]) {
    const { exitCode, output } = await box.git.exec({ args: [...QUIET_GIT, ...args], signal });
    if (exitCode !== 0) {
      throw new JobFailure(
        "work-unreadable",
        `git ${args[0]} failed after the work: ${output.trim().slice(-500)}`,
        "Comment the same command again.",
      );
    }
    if (args[0] === "write-tree") return output.trim();
  }
  throw new Error("unreachable");
}
