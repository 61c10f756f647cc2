import type { UpgradeHandler } from "../host/listen.ts";
import { asEngineError } from "./as-engine-error.ts";
import { EngineError } from "./engine-error.ts";
import { refuseUpgrade } from "./refuse-upgrade.ts";

/**
 * Takes over the connections that ask for another protocol. A route answers whether the request is
 * its own; what it throws, and a request that is nobody's, is told as an HTTP answer.
 *
 * @param onError told of failures that are the engine's own
 */
export function upgradeHandler(
  routes: ReadonlyArray<(...call: Parameters<UpgradeHandler>) => Promise<boolean>>,
  onError: (error: unknown) => void,
): UpgradeHandler {
  return (request, socket, head) => {
    // A client that goes away in the middle is nobody's failure.
    const ignore = () => undefined;
    socket.on("error", ignore);
    void (async () => {
      try {
        for (const route of routes) if (await route(request, socket, head)) return;
        throw new EngineError(404, "not_found", `There is no WebSocket at ${request.url}.`);
      } catch (thrown) {
        const error = asEngineError(thrown);
        if (error.status === 500 || error.status === 503) onError(thrown);
        refuseUpgrade(request, socket, error);
      }
    })();
  };
}
