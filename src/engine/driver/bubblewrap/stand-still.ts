import type { Sandbox } from "../driver.ts";

const ENVIRONMENT = { PATH: "/usr/local/bin:/usr/bin:/bin" };

/**
 * Does something while the processes of a box stand still; they go on afterwards, also when it fails.
 * One signal to all at once: stopped one by one, those that still run would see the others stop.
 */
export async function standStill<T>(sandbox: Sandbox, work: () => Promise<T>): Promise<T> {
  await signalAll(sandbox, "STOP");
  try {
    return await work();
  } finally {
    // When the box has ended meanwhile, nobody stands still.
    await signalAll(sandbox, "CONT").catch(() => undefined);
  }
}

/** The kernel leaves out who asks and the supervisor. It fails when there is nobody else. */
async function signalAll({ connection }: Sandbox, signal: "STOP" | "CONT"): Promise<void> {
  await connection.run({ argv: ["sh", "-c", `kill -${signal} -1`], env: ENVIRONMENT });
}
