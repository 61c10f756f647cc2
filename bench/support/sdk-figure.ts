import { Box } from "../../src/box/index.ts";
import type { Figure } from "../figure.ts";
import { interleave } from "../interleave.ts";
import { ratio } from "../ratio.ts";
import { engineProcess } from "./engine-process.ts";
import { SdkClient } from "./sdk-client.ts";
import type { SdkCost } from "./sdk-process.ts";
import { EVENTS, EVENTS_FILE, MEGABYTE_FILE, type SdkWorkName } from "./sdk-work.ts";

/**
 * A figure of our SDK against the original one, each in a process of its own, on one engine that is
 * in a third.
 * @param options.cost what of a run is compared
 */
export function sdkFigure(
  options: Pick<Figure, "name" | "bar" | "samples"> & {
    work: SdkWorkName;
    what: string;
    cost?: Exclude<keyof SdkCost, "problem">;
  },
): Figure {
  const { name, bar, samples, work, what, cost = "milliseconds" } = options;
  return {
    name,
    unit: "ratio",
    bar,
    good: "at most",
    baseline: `${what} with our SDK, against the same with @upstash/box 0.5.5, on the same engine; both clients and the engine each in a process of their own`,
    samples,
    async measure(count) {
      await using engine = await engineProcess();
      const box = await busyBox(engine.connection);
      const order = { connection: engine.connection, boxId: box.id };
      await using ours = new SdkClient({ ...order, sdk: "ours" });
      await using original = new SdkClient({ ...order, sdk: "original" });
      const sample = (client: SdkClient) => async () => (await client.run(work))[cost];
      return ratio(
        await interleave({ samples: count, subject: sample(ours), baseline: sample(original) }),
      );
    },
  };
}

/** A box with what the work needs: a large file, and an agent with much to say. */
async function busyBox(connection: { baseUrl: string; apiKey: string }): Promise<Box> {
  const args = ["-c", `cat ${EVENTS_FILE}`];
  const box = await Box.create({
    ...connection,
    agent: { harness: "custom", customHarness: { command: "sh", args } },
  });
  await box.files.write({ path: MEGABYTE_FILE, content: "x".repeat(1e6) });
  const events = Array.from({ length: EVENTS }, (_, index) =>
    event("text", { text: `word ${index} ` }),
  );
  const content = [...events, event("done", { output: "the end" })].join("");
  await box.files.write({ path: EVENTS_FILE, content });
  return box;
}

function event(name: string, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
