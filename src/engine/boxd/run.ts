import { Collector } from "./collector.ts";
import { BoxdError } from "./error.ts";
import { ProcessChannel } from "./process-channel.ts";
import type { Transport } from "./transport.ts";
import type { RunOptions, RunResult } from "./types.ts";

const DEFAULT_LIMIT_BYTES = 16 * 1024 * 1024;

/** Starts a command, collects its output and waits for it; see `BoxdConnection.run`. */
export async function run(transport: Transport, options: RunOptions): Promise<RunResult> {
  const limitBytes = options.limitBytes ?? DEFAULT_LIMIT_BYTES;
  const { input, ...start } = options;
  let exceeded = false;
  const onExceeded = (): void => {
    exceeded = true;
    channel.signal("SIGKILL", "tree");
  };
  const stdin = input === undefined ? "ignore" : "open";
  const channel = new ProcessChannel(transport, { ...start, stdin }, (windowBytes, grant) => {
    return new Collector({ windowBytes, limitBytes, onExceeded }, grant);
  });
  await channel.started;
  if (input !== undefined) channel.stdin?.end(input);
  const exit = await channel.exit;
  options.signal?.throwIfAborted();
  if (exceeded) {
    throw new BoxdError(
      "OUTPUT_LIMIT",
      `The command wrote more than ${limitBytes} bytes: raise \`limitBytes\` or use \`start\``,
    );
  }
  return {
    exit,
    stdout: collected(channel.stdout),
    stderr: collected(channel.stderr),
    timedOut: channel.timedOut,
  };
}

function collected(receiver: ProcessChannel["stdout"]): Buffer {
  return receiver instanceof Collector ? receiver.collected : Buffer.alloc(0);
}
