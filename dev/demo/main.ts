import { parseArgs } from "node:util";
import { createDisplay } from "./display.ts";
import { runDemo } from "./run-demo.ts";

const HELP = `Usage: npm run demo -- [options]

Starts a GitHub of its own, the App and the engine on this machine, opens a pull request with a failing
test, and comments two commands on it. Ends with exit code 0 if both did their work.

  --harness NAME  the agent is the real claude-code, codex or opencode: with its real model where
                  ANTHROPIC_API_KEY or OPENAI_API_KEY is set, else with a scripted one
  --json          print nothing on stdout but one JSON document at the end
  --keep          leave everything running and print the addresses; stop with Ctrl-C
`;

const { values } = parseArgs({
  options: {
    harness: { type: "string" },
    json: { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});

if (values.help) {
  process.stdout.write(HELP);
} else {
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => interrupted.abort(new Error(`stopped by ${signal}`)));
  }
  // With --json, people may still watch: progress goes to stderr, the document alone to stdout.
  const display = createDisplay(values.json ? process.stderr : process.stdout);
  try {
    const result = await runDemo({
      display,
      keep: values.keep,
      harness: values.harness,
      signal: interrupted.signal,
    });
    if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
    process.exitCode = result.ok ? 0 : 1;
  } catch (error) {
    display.close();
    process.stderr.write(`The demo failed: ${(error as Error).message}\n`);
    if (values.json) {
      process.stdout.write(`${JSON.stringify({ ok: false, error: (error as Error).message })}\n`);
    }
    process.exitCode = 1;
  }
}
