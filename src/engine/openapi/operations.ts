import type { OperationGroup } from "./operation.ts";
import { agentOperations } from "./operations/agent.ts";
import { boxOperations } from "./operations/boxes.ts";
import { configurationOperations } from "./operations/configuration.ts";
import { environmentOperations } from "./operations/environment.ts";
import { execOperations } from "./operations/exec.ts";
import { fileOperations } from "./operations/files.ts";
import { gitOperations } from "./operations/git.ts";
import { publicUrlOperations } from "./operations/public-urls.ts";
import { scheduleOperations } from "./operations/schedules.ts";
import { serviceOperations } from "./operations/service.ts";
import { snapshotOperations } from "./operations/snapshots.ts";

/** Everything that the engine serves, in the order in which the reference shows it. */
export const OPERATION_GROUPS: readonly OperationGroup[] = [
  boxOperations,
  execOperations,
  agentOperations,
  fileOperations,
  gitOperations,
  configurationOperations,
  scheduleOperations,
  snapshotOperations,
  publicUrlOperations,
  environmentOperations,
  serviceOperations,
];
