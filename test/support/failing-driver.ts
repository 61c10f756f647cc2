import type { Driver } from "../../src/engine/driver/driver.ts";

/** A driver whose boxes cannot be made, for the reason given. */
export function failingDriver(name: string, reason: Error): Driver {
  const refuse = () => Promise.reject(reason);
  return {
    name,
    enforces: { network: ["allow-all", "deny-all"], limits: false },
    base: undefined,
    check: refuse,
    requireRuntime: () => Promise.resolve(),
    start: refuse,
    destroy: () => Promise.resolve(),
    detachLayer: refuse,
    copyLayer: refuse,
    isUnchanged: () => Promise.resolve(true),
    standsAlone: () => Promise.resolve(true),
    mergeLayers: refuse,
    layerSize: () => ({ bytes: 0 }),
    destroyLayer: () => Promise.resolve(),
  };
}
