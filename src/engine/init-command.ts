import type { BoxdConnection } from "./boxd/index.ts";
import type { EngineBox } from "./engine-box.ts";
import { commandEnvironment } from "./environment.ts";
import { OutputLog } from "./output-log.ts";
import { WORKSPACE } from "./paths.ts";

/**
 * Starts the command that a keep-alive box runs at every start, and does not wait for it. What it
 * prints and how it ends goes to the box's log.
 */
export function startInitCommand(
  box: EngineBox,
  connection: BoxdConnection,
  command: string,
): void {
  box.log.write("info", "system", "The init command has been started.");
  run(box, connection, command).catch((error: Error) =>
    box.log.write("error", "system", `The init command has failed: ${error.message}`),
  );
}

async function run(box: EngineBox, connection: BoxdConnection, command: string): Promise<void> {
  const output = new OutputLog(box.log, "info", "system");
  const program = await connection.start({
    argv: ["sh", "-c", command],
    cwd: WORKSPACE,
    env: commandEnvironment(box),
    mergeStderr: true,
  });
  for await (const chunk of program.stdout ?? []) output.push(chunk);
  output.end();
  const { code, signal } = await program.exit;
  const how = code === null ? `was ended by ${signal}` : `ended with exit code ${code}`;
  box.log.write(code === 0 ? "info" : "warn", "system", `The init command ${how}.`);
}
