import { createLogUpdate } from "log-update";
import type { JobEvent } from "../../src/core/events.ts";
import { terminalLine } from "../../src/core/views/terminal-line.ts";
import { runGit } from "../../src/host/run-git.ts";
import type { RepositoryHandle } from "../github/index.ts";
import { plainText } from "./plain-text.ts";
import type { DemoResult } from "./run-demo.ts";

/** What the demo shows while it runs. */
export interface Display {
  say(text: string): void;
  /** Something happened in a job. */
  event(event: JobEvent): void;
  /** The App's comment as it is now. */
  comment(body: string, edits: number): void;
  /** The job is over: what is on the screen stays there. */
  settle(): void;
  finish(end: {
    repository: RepositoryHandle;
    commits: Awaited<ReturnType<RepositoryHandle["log"]>>;
    results: DemoResult["jobs"];
    passed: boolean;
    url: string;
    /** Whether the page stays there to be looked at. */
    keep: boolean;
  }): Promise<void>;
  close(): void;
}

/** On a terminal the comment is shown as it changes; elsewhere each step is a plain line. */
export function createDisplay(stream: NodeJS.WriteStream): Display {
  const say = (text: string) => void stream.write(`${text}\n`);
  const update = stream.isTTY ? createLogUpdate(stream) : null;
  return {
    say,
    event(event) {
      const line = update === null ? terminalLine(event) : null;
      if (line !== null) say(`  ${line}`);
    },
    comment(body, edits) {
      if (update !== null) update(frame(plainText(body), stream.columns));
      else
        say(`  the comment was ${edits === 0 ? "made" : `edited (${edits})`}: ${firstLine(body)}`);
    },
    settle: () => update?.done(),
    async finish({ repository, commits, results, passed, url, keep }) {
      say("\nWhat arrived on the branch:");
      for (const { sha, message } of commits.toReversed()) {
        say(`  ${sha.slice(0, 10)} ${message.split("\n")[0]}`);
        const stat = await runGit(["show", "--stat", "--format=", sha], { cwd: repository.folder });
        say(stat.toString("utf8").trimEnd().replace(/^/gm, "   "));
      }
      for (const { command, status, steps, comment } of results) {
        say(`\n${command}: ${status}; 1 comment, edited ${times(comment.edits)}`);
        say(`  ${steps.map(({ name, milliseconds }) => `${name} ${milliseconds} ms`).join(" · ")}`);
      }
      say(`\nnpm test on the branch, in a fresh box: ${passed ? "passed" : "failed"}`);
      if (!keep) say(`The page was ${url}; to look at it, run: npm run demo -- --keep`);
    },
    close: () => update?.done(),
  };
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

function firstLine(body: string): string {
  return plainText(body).split("\n")[0] ?? "";
}

/** Not wider than the terminal, so that no line wraps and the redraw stays in place. */
function frame(text: string, columns: number): string {
  const width = Math.min(columns, 100) - 6;
  const lines = text.split("\n").map((line) => `  │ ${line.slice(0, width)}`);
  return `${lines.join("\n")}\n`;
}
