import type { DevGitHub } from "../../dev/github/index.ts";
import type { webhookReceiver } from "../support/webhook-receiver.ts";
import type { Lacks } from "./capability.ts";

/** Where boxes come from. */
export interface Service {
  title: string;
  lacks: Lacks;
  start(): Promise<RunningService>;
}

export interface RunningService extends AsyncDisposable {
  connection: { baseUrl: string; apiKey: string };
  /** What only a service on this machine has; cases that use it say so in `needs`. */
  local?: LocalService;
}

export interface LocalService {
  receiver: Awaited<ReturnType<typeof webhookReceiver>>;
  github: DevGitHub;
  /** Makes the time of a cron expression come. */
  fire(cron: string): void;
  /** Host and port of a server that boxes may reach, and that is not in the box. */
  outside: string;
}
