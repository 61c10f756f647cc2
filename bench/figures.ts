import type { Figure } from "./figure.ts";
import { adapterEvents } from "./figures/adapter-events.ts";
import { agentRunMemory } from "./figures/agent-run-memory.ts";
import { appIdleMemory } from "./figures/app-idle-memory.ts";
import { appStartToReady } from "./figures/app-start-to-ready.ts";
import { boxdStartToExit } from "./figures/boxd-start-to-exit.ts";
import { burst } from "./figures/burst.ts";
import { createToFirstOutput } from "./figures/create-to-first-output.ts";
import { deliveriesAnswered } from "./figures/deliveries-answered.ts";
import { deliveriesPerSecond } from "./figures/deliveries-per-second.ts";
import { deliveriesPerSecondPostgres } from "./figures/deliveries-per-second-postgres.ts";
import { deliveryToEyes } from "./figures/delivery-to-eyes.ts";
import { deliveryToEyesMilliseconds } from "./figures/delivery-to-eyes-milliseconds.ts";
import { execAgainstNsenter } from "./figures/exec-against-nsenter.ts";
import { execAgainstSpawn } from "./figures/exec-against-spawn.ts";
import { gatewayFirstByte } from "./figures/gateway-first-byte.ts";
import { gatewayThroughput } from "./figures/gateway-throughput.ts";
import { idleBoxes } from "./figures/idle-boxes.ts";
import { jobOwnTime } from "./figures/job-own-time.ts";
import { sdkAgentEvents } from "./figures/sdk-agent-events.ts";
import { sdkCreate } from "./figures/sdk-create.ts";
import { sdkExec } from "./figures/sdk-exec.ts";
import { sdkExecStream } from "./figures/sdk-exec-stream.ts";
import { sdkExecStreamCpu } from "./figures/sdk-exec-stream-cpu.ts";
import { sdkFilesRead } from "./figures/sdk-files-read.ts";
import { secondJob } from "./figures/second-job.ts";
import { snapshotRestore } from "./figures/snapshot-restore.ts";
import { snapshotRestoreMilliseconds } from "./figures/snapshot-restore-milliseconds.ts";
import { snapshotTake } from "./figures/snapshot-take.ts";
import { snapshotTakeMilliseconds } from "./figures/snapshot-take-milliseconds.ts";
import { streamThroughput } from "./figures/stream-throughput.ts";
import { tenThousandOldJobs } from "./figures/ten-thousand-old-jobs.ts";

/** All figures, in the order of the table. A new one is a file in `figures/` and a line here. */
export const FIGURES: readonly Figure[] = [
  createToFirstOutput,
  execAgainstSpawn,
  execAgainstNsenter,
  boxdStartToExit,
  streamThroughput,
  sdkCreate,
  sdkExec,
  sdkFilesRead,
  sdkExecStream,
  sdkExecStreamCpu,
  sdkAgentEvents,
  idleBoxes,
  snapshotTake,
  snapshotTakeMilliseconds,
  snapshotRestore,
  snapshotRestoreMilliseconds,
  gatewayFirstByte,
  gatewayThroughput,
  adapterEvents,
  agentRunMemory,
  jobOwnTime,
  secondJob,
  deliveryToEyes,
  deliveryToEyesMilliseconds,
  deliveriesAnswered,
  deliveriesPerSecond,
  deliveriesPerSecondPostgres,
  burst,
  appStartToReady,
  appIdleMemory,
  tenThousandOldJobs,
];
