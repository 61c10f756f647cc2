// A process with one of the two SDKs in it, which works when it is told to and says what that cost.
import type { TargetBoxes } from "../../test/conformance/target.ts";
import { SDK_WORK, type SdkWork, type SdkWorkName } from "./sdk-work.ts";

/** What it is told. */
export interface SdkOrder {
  sdk: "ours" | "original";
  connection: SdkWork["connection"];
  boxId: string;
  work: SdkWorkName;
}

/** What it says. */
export interface SdkCost {
  milliseconds: number;
  /** Of this process alone, with its garbage collector. */
  cpuMilliseconds: number;
  problem: string | undefined;
}

let work: Promise<SdkWork> | undefined;

process.on("message", async (order: SdkOrder) => {
  const cost: SdkCost = { milliseconds: 0, cpuMilliseconds: 0, problem: undefined };
  try {
    work ??= open(order);
    const opened = await work;
    const cpu = process.cpuUsage();
    const started = performance.now();
    const tidy = await SDK_WORK[order.work](opened);
    cost.milliseconds = performance.now() - started;
    const { user, system } = process.cpuUsage(cpu);
    cost.cpuMilliseconds = (user + system) / 1000;
    await tidy?.();
  } catch (error) {
    cost.problem = (error as Error).stack ?? String(error);
  }
  process.send?.(cost);
});

async function open({ sdk, connection, boxId }: SdkOrder): Promise<SdkWork> {
  const Box: TargetBoxes =
    sdk === "ours"
      ? (await import("../../src/box/index.ts")).Box
      : (await import("@upstash/box")).Box;
  return { Box, connection, box: await Box.get(boxId, connection) };
}
