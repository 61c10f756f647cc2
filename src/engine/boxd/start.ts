import { Inbound } from "./inbound.ts";
import type { BoxdProcess } from "./process.ts";
import { ProcessChannel } from "./process-channel.ts";
import type { Transport } from "./transport.ts";
import type { StartOptions } from "./types.ts";

/** Starts a process with streams; see `BoxdConnection.start`. */
export async function start(transport: Transport, options: StartOptions): Promise<BoxdProcess> {
  const channel = new ProcessChannel(
    transport,
    options,
    (windowBytes, grant) => new Inbound(windowBytes, grant),
  );
  const stdout = readable(channel.stdout);
  const stderr = readable(channel.stderr);
  let pid: number;
  try {
    pid = await channel.started;
  } catch (error) {
    // Aborted while it was being started: nobody will read, and unread output holds up its end.
    stdout?.destroy();
    stderr?.destroy();
    throw error;
  }
  return {
    pid,
    hasTerminal: options.pty !== undefined,
    stdin: channel.stdin,
    stdout,
    stderr,
    exit: channel.exit,
    get timedOut() {
      return channel.timedOut;
    },
    signal: (signal, target) => channel.signal(signal, target),
    resize: (rows, columns) => channel.resize(rows, columns),
  };
}

function readable(receiver: ProcessChannel["stdout"]) {
  return receiver instanceof Inbound ? receiver.readable : null;
}
