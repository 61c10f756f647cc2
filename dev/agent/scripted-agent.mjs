// A coding agent without a model, for the demo and the tests: it speaks box-sse-v1 and repairs small
// bugs by trying. It runs the tests in the box, finds the source file behind the failing test, tries
// small changes to it until the tests pass, and keeps the first that does. It runs inside boxes, so it
// is one file of plain JavaScript.
//
// Usage: node scripted-agent.mjs -p PROMPT --model NAME --stream [--session ID]
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const options = readArguments(process.argv.slice(2));
/** So that a person can follow; a real agent takes longer. */
const PACE_MS = Number(process.env.SCRIPTED_AGENT_PACE_MS ?? 400);
/** What a model of the middle class costs a million tokens, in dollars. */
const PRICE = { input: 3, output: 15 };
const usage = { input: options.prompt.length / 4, output: 0 };

const answer = await work(options.prompt);
send("done", {
  output: answer,
  input_tokens: Math.round(usage.input),
  output_tokens: Math.round(usage.output),
  total_cost_usd: (usage.input * PRICE.input + usage.output * PRICE.output) / 1e6,
  session_id: options.session ?? randomUUID(),
});

async function work(prompt) {
  if (!/\b(fix|test|repair|bug)/i.test(prompt.split("\n")[0])) {
    await say(
      "I am a scripted agent and can only mend failing tests, so I left everything as it is.",
    );
    return "Nothing was changed: I am a scripted agent and can only mend failing tests.";
  }
  await say("I will run the tests first and see what fails.");
  const before = await runTests();
  if (before.passed) return "Nothing was changed: all tests pass already.";

  const failure = readFailure(before.output);
  if (failure === null) return "Nothing was changed: I could not read the failing test's output.";
  await think(`${failure.test} expected ${failure.expected} and got ${failure.actual}.`);
  for (const path of importedBy(failure.file)) {
    const source = await useTool("Read", { file_path: path }, () => readFileSync(path, "utf8"));
    for (const { line, from, to } of candidates(source)) {
      const changed = replaceLine(source, line, from, to);
      await useTool("Edit", { file_path: path, old_string: from, new_string: to }, () => {
        writeFileSync(path, changed);
        return `line ${line + 1} changed`;
      });
      if ((await runTests()).passed) {
        const name = relative(process.cwd(), path);
        await say(`The tests pass with this change in ${name}.`);
        return `Fix the test "${failure.test}"\n\nIt expected ${failure.expected} and got ${failure.actual}. The cause was line ${line + 1} of \`${name}\`:\n\n\`\`\`diff\n-${from.trim()}\n+${to.trim()}\n\`\`\``;
      }
      writeFileSync(path, source);
    }
  }
  return "Nothing was changed: none of the small changes that I know made the tests pass.";
}

/** Small changes that mend common slips, nearest first: off by one, and comparisons the wrong way. */
function candidates(source) {
  const rules = [
    [/\bslice\(0, (\w+)\)/, "slice(0, $1 - 1)"],
    [/\bslice\(0, (\w+) - 1\)/, "slice(0, $1)"],
    [/ <= /, " < "],
    [/ < /, " <= "],
    [/ >= /, " > "],
    [/ > /, " >= "],
    [/ === /, " !== "],
    [/ \+ 1\b/, ""],
    [/ - 1\b/, ""],
  ];
  return source.split("\n").flatMap((text, line) =>
    rules
      .filter(([pattern]) => pattern.test(text))
      .map(([pattern, replacement]) => ({
        line,
        from: text,
        to: text.replace(pattern, replacement),
      })),
  );
}

function replaceLine(source, line, from, to) {
  const lines = source.split("\n");
  if (lines[line] !== from) throw new Error("The file changed in between.");
  lines[line] = to;
  return lines.join("\n");
}

async function runTests() {
  let passed = false;
  const output = await useTool("Bash", { command: "npm test" }, () => {
    const run = spawnSync("npm", ["test"], { encoding: "utf8" });
    passed = run.status === 0;
    return `${run.stdout}${run.stderr}`;
  });
  return { passed, output };
}

/** Reads the first failure out of what `node --test` prints (TAP or its own form). */
function readFailure(output) {
  const place = /([\w./-]+\.test\.[cm]?js):\d+/.exec(output);
  if (place === null) return null;
  const field = (name) => new RegExp(`${name}: '?([^'\\n]*)'?`).exec(output)?.[1] ?? "?";
  const test = /^\s*(?:not ok \d+ - |✖ )(.+?)(?: \([\d.]+ms\))?$/m.exec(output)?.[1] ?? "the test";
  return { file: resolve(place[1]), test, expected: field("expected"), actual: field("actual") };
}

function importedBy(file) {
  const source = readFileSync(file, "utf8");
  return [...source.matchAll(/from "(\.[^"]+)"/g)]
    .map(([, path]) => resolve(dirname(file), path))
    .filter((path) => existsSync(path));
}

async function useTool(name, input, act) {
  const id = `call_${randomUUID().slice(0, 8)}`;
  await pause(PACE_MS);
  send("tool", { name, input, tool_call_id: id });
  usage.output += JSON.stringify(input).length / 4;
  const output = act();
  usage.input += output.length / 4;
  send("tool_result", { tool_call_id: id, output: output.slice(-4_000) });
  return output;
}

async function say(text) {
  for (const word of text.split(/(?<= )/)) {
    await pause(PACE_MS / 20);
    send("text", { text: word });
  }
  send("text", { text: "\n" });
  usage.output += text.length / 4;
}

async function think(text) {
  await pause(PACE_MS);
  send("thinking", { text });
}

function send(name, data) {
  process.stdout.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
}

function readArguments(args) {
  const read = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
  return { prompt: read("-p") ?? "", session: read("--session") };
}
