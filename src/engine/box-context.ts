import type { CustomRunner } from "../box/wire.ts";
import type { Driver } from "./driver/driver.ts";
import type { EngineBox } from "./engine-box.ts";
import type { AgentServices } from "./harness/agent-services.ts";
import type { StartCron } from "./schedules/start-cron.ts";
import type { Webhooks } from "./webhooks/webhooks.ts";

/** What the boxes of an engine share. */
export interface BoxContext {
  driver: Driver;
  /** The engine's data folder, absolute. */
  data: string;
  /** Milliseconds without activity until a box pauses; 0: never. */
  idlePauseMs: number;
  /** Keep a sandbox started for the next box. */
  spareSandbox: boolean;
  /** Variables that every command of every box is given; a box's own win. */
  accountEnvironment: () => Readonly<Record<string, string>>;
  /** Programs that speak box-sse-v1 in the place of agents, by the agent's name. */
  agentPrograms: Readonly<Record<string, CustomRunner>>;
  agents: AgentServices;
  startCron: StartCron;
  webhooks: Webhooks;
  /** Told when a box's processes have ended: it sleeps, or is gone. */
  onStopped: (box: EngineBox, why: "paused" | "deleted") => void;
  /** Told of failures that are the engine's own. */
  onError: (error: unknown) => void;
}
