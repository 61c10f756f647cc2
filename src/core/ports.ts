import type { Box } from "../box/index.ts";
import type { NewJobEvent, StepName } from "./events.ts";
import type { GitHub } from "./github.ts";
import type { Job } from "./job.ts";

/** The agent program that runs in the boxes of an installation. */
export interface AgentSettings {
  harness: string;
  model?: string;
  /** A program of the user's own; `upload` is put into the box before the first run. */
  custom?: {
    command: string;
    args: readonly string[];
    upload?: { path: string; content: string };
  };
}

/** What a job is given to work with. Core knows these and nothing behind them. */
export interface JobPorts {
  github: GitHub;
  boxes: {
    create(options: { signal: AbortSignal; agent: AgentSettings }): Promise<Box>;
    get(id: string): Promise<Box>;
  };
  agent: AgentSettings;
  /** A folder on the trusted side for bare repositories. */
  repositories: string;
  /**
   * Does the work of a job when its turn has come; until then it has only said that it is there. The job
   * that the work is given may start from a later commit than the one that waited.
   */
  inTurn<T>(work: (job: Job) => Promise<T>): Promise<T>;
  /** Runs a step; who checkpoints it is the caller's business (DESIGN §6). */
  step<T>(name: StepName, work: () => Promise<T>): Promise<T>;
  emit(event: NewJobEvent): void;
  /** Removes every known secret from a text that goes out. */
  redact(text: string): string;
  /** Adds a secret that was minted during the job. */
  addSecret(secret: string): void;
  /** Whether a text holds a known secret. */
  holdsSecret(text: string): boolean;
  /** Aborted when the job is to stop: the App shuts down. */
  signal: AbortSignal;
}
