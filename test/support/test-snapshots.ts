import { Snapshots } from "../../src/engine/snapshots/snapshots.ts";
import { testBoxes } from "./test-boxes.ts";

/** Real boxes and their snapshots, without the API before them. */
export async function testSnapshots(options: { answerAfterMs?: number } = {}) {
  const host = await testBoxes();
  const { boxes, driver, data, errors } = host;
  const snapshots = await Snapshots.open({
    boxes,
    driver,
    data,
    onError: (error) => errors.push(error),
    ...options,
  });
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
