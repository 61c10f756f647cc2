import { join } from "node:path";
import type { Driver } from "../../src/engine/driver/driver.ts";
import { SnapshotStore } from "../../src/engine/snapshots/snapshot-store.ts";
import { Snapshots } from "../../src/engine/snapshots/snapshots.ts";
import { testBoxes } from "./test-boxes.ts";

/**
 * Real boxes and their snapshots, without the API before them.
 * @param options.mayMerge what layers wait for before they are merged
 */
export async function testSnapshots(
  options: { answerAfterMs?: number; mayMerge?: () => Promise<void> } = {},
) {
  const { mayMerge, ...others } = options;
  const host = await testBoxes();
  const { boxes, data, errors } = host;
  const driver = mayMerge === undefined ? host.driver : waiting(host.driver, mayMerge);
  const onError = (error: unknown) => errors.push(error);
  const store = await SnapshotStore.open(join(data, "snapshots"), onError);
  const snapshots = await Snapshots.open({ boxes, store, driver, data, onError, ...others });
  return {
    ...host,
    snapshots,
    async [Symbol.asyncDispose]() {
      await boxes.close();
      await snapshots.close();
      await host[Symbol.asyncDispose]();
    },
  };
}

/** The driver as it is, but for when it merges. */
function waiting(driver: Driver, mayMerge: () => Promise<void>): Driver {
  return new Proxy(driver, {
    get(target, name: keyof Driver) {
      const value = target[name];
      if (typeof value !== "function") return value;
      if (name !== "mergeLayers") return value.bind(target);
      return async (...args: Parameters<Driver["mergeLayers"]>) => {
        await mayMerge();
        await target.mergeLayers(...args);
      };
    },
  });
}
