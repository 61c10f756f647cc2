import { randomBytes } from "node:crypto";
import { Box, type CreateBoxOptions } from "../../src/box/index.ts";
import type { EngineOptions } from "../../src/engine/engine.ts";
import { serveEngine } from "../../src/engine/serve-engine.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { useBase } from "./test-base.ts";

/**
 * A real engine with real boxes, on a port of its own and in a folder of its own.
 * @param onBase whether its boxes stand on a Debian base; allow for `BASE_LIMIT_MS` then
 */
export async function testEngine(
  options: Partial<EngineOptions> = {},
  { onBase = false }: { onBase?: boolean } = {},
) {
  const folder = await temporaryFolder();
  if (onBase) await useBase(folder.path);
  const apiKey = randomBytes(16).toString("hex");
  const errors: unknown[] = [];
  const engine = await serveEngine({
    data: folder.path,
    apiKey,
    onError: (error) => errors.push(error),
    // Tests count folders and processes; the tests of the spare ask for it.
    spareSandbox: false,
    ...options,
  });
  const connection = { baseUrl: engine.url, apiKey };
  return {
    ...connection,
    engine,
    /** What the engine could not answer for. */
    errors,
    data: folder.path,
    connection,
    box: (create: CreateBoxOptions = {}) => Box.create({ ...connection, ...create }),
    /** A raw request, for what the SDK does not send. */
    request: (path: string, init: RequestInit = {}) =>
      fetch(`${engine.url}/v2/box${path}`, {
        ...init,
        headers: { "x-box-api-key": apiKey, ...init.headers },
      }),
    async [Symbol.asyncDispose]() {
      await engine.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

export type TestEngine = Awaited<ReturnType<typeof testEngine>>;
