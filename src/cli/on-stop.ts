/**
 * Calls `stop` once on the first SIGTERM or SIGINT and exits when it is done; a second signal exits at
 * once.
 */
export function onStop(stop: (signal: NodeJS.Signals) => Promise<void>): void {
  let stopping = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, async () => {
      if (stopping) process.exit(1);
      stopping = true;
      try {
        await stop(signal);
        process.exit(0);
      } catch (error) {
        process.stderr.write(`${(error as Error).message}\n`);
        process.exit(1);
      }
    });
  }
}
