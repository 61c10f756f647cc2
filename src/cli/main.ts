#!/usr/bin/env node
interface Command {
  summary: string;
  /** Loaded when it is asked for: the engine needs nothing of the App. */
  load(): Promise<(args: string[]) => Promise<void>>;
}

const COMMANDS: Record<string, Command> = {
  serve: {
    summary: "run the GitHub App",
    load: async () => (await import("./serve-command.ts")).serveCommand,
  },
  jobs: {
    summary: "show, cancel and retry the App's jobs",
    load: async () => (await import("./jobs-command.ts")).jobsCommand,
  },
  engine: {
    summary: "serve the Box REST API from this machine",
    load: async () => (await import("./engine-command.ts")).engineCommand,
  },
};

const [name = "help", ...args] = process.argv.slice(2);
const command = COMMANDS[name];
if (command !== undefined) {
  try {
    await (await command.load())(args);
  } catch (error) {
    process.stderr.write(`box-action ${name}: ${(error as Error).message}\n`);
    process.exitCode = 1;
  }
} else {
  const known = ["help", "--help", "-h"].includes(name);
  const lines = Object.entries(COMMANDS).map(
    ([verb, { summary }]) => `  ${verb.padEnd(8)} ${summary}`,
  );
  const text = `Usage: box-action <command> [options]\n\n${lines.join("\n")}\n\nEach has --help.\n`;
  (known ? process.stdout : process.stderr).write(
    known ? text : `Unknown command ${name}.\n\n${text}`,
  );
  if (!known) process.exitCode = 2;
}
