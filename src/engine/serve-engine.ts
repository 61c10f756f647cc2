import { type Listener, listen } from "../host/listen.ts";
import { createEngine, type EngineOptions } from "./engine.ts";

export interface ServeEngineOptions extends EngineOptions {
  /** 0 for any. @default 0 */
  port?: number;
  /** @default "127.0.0.1" */
  host?: string;
}

/** An engine that listens. */
export interface ServedEngine {
  url: string;
  /**
   * @returns what boxes lack on this host, each with the remedy
   * @throws EngineError `sandbox_unavailable` when boxes cannot be made on this host
   */
  check(): Promise<readonly string[]>;
  /** Stops every box, keeps their disks, and stops listening. */
  close(): Promise<void>;
}

/**
 * Opens an engine and binds a port for it. Loopback only unless a host is named: whoever reaches it
 * and has the key can run programs here.
 */
export async function serveEngine(options: ServeEngineOptions): Promise<ServedEngine> {
  const host = options.host ?? "127.0.0.1";
  const engine = await createEngine({
    bind: (handlers) => listen(neverAsked, { port: 0, host }, handlers),
    ...options,
  });
  let listener: Listener;
  try {
    listener = await listen(engine.fetch, { port: options.port ?? 0, host }, engine);
  } catch (error) {
    await engine.close();
    throw error;
  }
  return {
    url: listener.url,
    check: () => engine.check(),
    async close() {
      // Boxes first: their streams end with a last event instead of a cut connection.
      await engine.close();
      await listener.close();
    },
  };
}

/** A public URL's own port answers all requests by itself, and none with the engine's API. */
function neverAsked(): Response {
  return new Response(null, { status: 404 });
}
