import type { Box } from "../../box/index.ts";
import { BoxError } from "../../box/index.ts";
import { endingSignal } from "../ending-signal.ts";
import type { Verdict } from "../events.ts";
import { findRun, isCutOff } from "../find-run.ts";
import { isOutage } from "../is-outage.ts";
import type { Job } from "../job.ts";
import { JobFailure } from "../job-failure.ts";
import { shownText } from "../markdown.ts";
import { planId } from "../plan.ts";
import type { JobPorts } from "../ports.ts";
import { repairPrompt, writePrompt } from "../prompt.ts";
import { MAXIMUM_ANSWER } from "../quote-agent.ts";
import { type Finding, ReviewAnswer } from "../review-findings.ts";
import { StartOver } from "../start-over.ts";
import { until } from "../until.ts";
import type { PreparedBox } from "./prepare.ts";
import { QUIET_GIT } from "./quiet-git.ts";

/** A build or a formatter takes minutes; a server that never ends would hold its place for ever. */
const COMMAND_LIMIT_MS = 30 * 60_000;
/** Views show less; every character of it has to be searched for secrets. */
const TOOL_OUTPUT_CHARACTERS = 8_000;

/** Says which run of the box the command is. */
const RUN_MARK = "agent";
interface RunMark {
  runId: string;
}

const UNSEEN_OUTPUT = "\n… what was printed while the App was away is not shown.\n";

/** What the agent, or the command, left behind. */
export interface AgentResult {
  /** The git tree of everything that is in the working tree now. */
  tree: string;
  /** In the agent's own words; empty for a command, which has none. */
  summary: string;
  /** US dollars, of all that the agent has done so far. */
  costUsd: number;
  /** Of a review. */
  findings?: Finding[];
}

/**
 * Does what was asked, in the box, and records the resulting tree before anything else touches it.
 * @param again it may have been started before: then that run is waited for, and not made twice
 */
export async function runAgent(
  box: Box,
  job: Job,
  prepared: PreparedBox,
  again: boolean,
  ports: JobPorts,
): Promise<AgentResult> {
  const { command } = job.request;
  if (command.verb === "run") {
    if (!again || !(await isCommandDone(box, command.command, ports))) {
      await runCommand(box, command.command, ports);
    }
    return { tree: await writeTree(box, ports), summary: "", costUsd: 0 };
  }
  const done = again ? await findAgent(box, job, prepared, ports) : null;
  const prompt = writePrompt(job, prepared.context, prepared.hasMemory);
  const answer = done ?? (await askAgent(box, prompt, job, ports));
  if (command.verb === "review") return reviewed(answer, ports);
  if (command.verb === "plan") return planned(job, answer, ports);
  return record(box, answer, ports);
}

/** What somebody approves is what they have read: nothing of it is hidden, or too long to be shown. */
function planned(job: Job, { text, costUsd }: Answer, ports: JobPorts): AgentResult {
  const summary = shownText(ports.redact(text)).trim();
  if (summary === "" || summary.length > MAXIMUM_ANSWER) {
    throw new JobFailure(
      "no-plan",
      summary === "" ? "The agent has written no plan." : "The plan is too long for a comment.",
      "Ask for a plan of less: `/box plan` and one part of it.",
    );
  }
  ports.emit({ type: "agent-finished", summary });
  ports.emit({ type: "planned", id: planId({ text: summary, sha: job.target.sha }) });
  return { tree: "", summary, costUsd };
}

/** The structured answer of an agent that has reviewed. */
function reviewed({ text, costUsd }: Answer, ports: JobPorts): AgentResult {
  // Before it is parted: a secret is not itself any more in pieces.
  const { summary, findings } = ReviewAnswer.parse(JSON.parse(ports.redact(text)));
  ports.emit({ type: "agent-finished", summary });
  ports.emit({ type: "reviewed", findings });
  return { tree: "", summary, costUsd, findings };
}

/**
 * Tells the agent that the tests fail after its work, in the same conversation.
 * @param work what it has done so far
 */
export async function repair(
  box: Box,
  job: Job,
  work: AgentResult,
  verdict: Extract<Verdict, { kind: "failed" }>,
  ports: JobPorts,
): Promise<AgentResult> {
  // What the tests have left behind is no part of the work.
  await restoreTree(box, work.tree, ports);
  const prompt = repairPrompt(verdict.command, verdict.exitCode, verdict.tail);
  const answer = await askAgent(box, prompt, job, ports, work.costUsd);
  const result = await record(box, answer, ports);
  return {
    ...result,
    summary: result.summary || work.summary,
    costUsd: work.costUsd + result.costUsd,
  };
}

interface Answer {
  text: string;
  costUsd: number;
}

async function record(box: Box, { text, costUsd }: Answer, ports: JobPorts): Promise<AgentResult> {
  // Before it is shortened or escaped on its many ways out: then a secret is not itself any more.
  const summary = ports.redact(text);
  ports.emit({ type: "agent-finished", summary });
  return { tree: await writeTree(box, ports), summary, costUsd };
}

/** @returns whether it had been started before, and ended well since */
async function isCommandDone(box: Box, command: string, ports: JobPorts): Promise<boolean> {
  const mark = ports.journal.mark(RUN_MARK) as RunMark | undefined;
  const run = await findRun(box, ports, COMMAND_LIMIT_MS, ({ id, type, prompt }) =>
    // It may have begun without anybody being able to keep its id.
    mark === undefined ? type === "shell" && prompt?.endsWith(command) === true : id === mark.runId,
  );
  if (run === null) {
    if (mark === undefined) return false;
    throw new StartOver("what had become of the command is not known");
  }
  // A command's exit code is not kept; the service's own end of it looks the same.
  if (isCutOff(run)) throw new StartOver("the box was stopped while the command ran");
  ports.emit({ type: "output", stream: "stderr", text: UNSEEN_OUTPUT });
  if (run.status === "completed") return true;
  if (run.status === "running") throw tookTooLong(`\`${command}\``, COMMAND_LIMIT_MS);
  throw commandFailed(command, "it failed while the App was away");
}

/** @returns the answer of an agent that had been started before, and has ended well since */
async function findAgent(
  box: Box,
  job: Job,
  { earlierRuns }: PreparedBox,
  ports: JobPorts,
): Promise<Answer | null> {
  const limit = agentLimit(job);
  // Nobody else asks its agent now, but an earlier job may have.
  const isOwn = ({ id, type }: { id: string; type: string }) =>
    type === "agent" && !earlierRuns.includes(id);
  const run = await findRun(box, ports, limit, isOwn);
  if (run === null) return null;
  if (run.status === "running") throw tookTooLong("The agent", limit);
  if (run.status !== "completed") throw new StartOver("the agent's run was cut off");
  const { input_tokens: inputTokens = 0, output_tokens: outputTokens = 0, cost_usd = 0 } = run;
  ports.emit({ type: "usage", usage: { inputTokens, outputTokens, costUsd: cost_usd } });
  return { text: (run.output ?? "").trim(), costUsd: cost_usd };
}

/** Waits until no agent is at work in the box that an attempt which was cut off has started. */
export async function awaitAgent(box: Box, job: Job, ports: JobPorts): Promise<void> {
  // One that has ended is no news.
  const quietly = { ...ports, emit: () => undefined };
  await findRun(box, quietly, agentLimit(job), ({ type }) => type === "agent");
}

/** Short enough that a hung agent is noticed, unless the repository says otherwise. */
function agentLimit({ settings }: Job): number {
  return settings.timeoutMinutes * 60_000;
}

async function runCommand(box: Box, command: string, ports: JobPorts): Promise<void> {
  const { emit, signal, journal } = ports;
  const ending = endingSignal(signal);
  const run = await box.exec.stream(command, { signal: ending, timeout: COMMAND_LIMIT_MS });
  await journal.setMark(RUN_MARK, { runId: run.id } satisfies RunMark);
  try {
    for await (const chunk of until(run, signal)) {
      if (chunk.type !== "exit") emit({ type: "output", stream: chunk.type, text: chunk.data });
    }
  } catch (cause) {
    if (signal.aborted || !isTimeout(cause)) throw cause;
    throw tookTooLong(`\`${command}\``, COMMAND_LIMIT_MS, cause);
  }
  if (run.exitCode === 0) return;
  throw commandFailed(command, `it ended with exit code ${run.exitCode}`);
}

function commandFailed(command: string, how: string): JobFailure {
  return new JobFailure(
    "command-failed",
    `\`${command}\` failed: ${how}.`,
    "See its output below; nothing was pushed.",
  );
}

/** @param spent US dollars of the job's budget that are gone */
async function askAgent(
  box: Box,
  prompt: string,
  job: Job,
  ports: JobPorts,
  spent = 0,
): Promise<Answer> {
  const { emit, signal } = ports;
  const limit = agentLimit(job);
  const { budgetUsd } = job.settings;
  let costUsd = 0;
  try {
    const run = await box.agent.stream({
      prompt,
      signal: endingSignal(signal),
      timeout: limit,
      ...(job.request.command.verb === "review" ? { responseSchema: ReviewAnswer } : {}),
      // What is left, but never nothing: the gateway refuses the call that comes after it.
      ...(budgetUsd === undefined
        ? {}
        : { options: { maxBudgetUsd: Math.max(budgetUsd - spent, 0.000_001) } }),
    });
    for await (const chunk of until(run, signal)) {
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
          costUsd = chunk.cost.totalUsd;
          const usage = { inputTokens, outputTokens, costUsd };
          emit({ type: "usage", usage });
          break;
        }
      }
    }
    const { result } = run as { result: unknown };
    return { text: typeof result === "string" ? result.trim() : JSON.stringify(result), costUsd };
  } catch (cause) {
    // A stream that breaks off says nothing of the agent, which may be at work still.
    if (!BoxError.isInstance(cause) || signal.aborted || isOutage(cause)) throw cause;
    if (isTimeout(cause)) throw tookTooLong("The agent", limit, cause);
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

function tookTooLong(who: string, limit: number, cause?: unknown): JobFailure {
  return new JobFailure(
    "timed-out",
    `${who} did not end within ${limit / 60_000} minutes and was stopped.`,
    "Ask for less at a time; what was done so far is kept below.",
    { cause },
  );
}

/** Makes the files what they were when they were recorded; what is ignored stays. */
export async function restoreTree(box: Box, tree: string, { signal }: JobPorts): Promise<void> {
  for (const args of [
    ["read-tree", tree],
    ["checkout-index", "--all", "--force"],
    ["clean", "-d", "--force", "--quiet"],
  ]) {
    await box.git.exec({ args: [...QUIET_GIT, ...args], signal });
  }
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
