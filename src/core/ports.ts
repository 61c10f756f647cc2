import type { Box } from "../box/index.ts";
import type { NewJobEvent } from "./events.ts";
import type { GitHub } from "./github.ts";
import type { JobSettings } from "./job-settings.ts";
import type { Journal } from "./journal.ts";
import type { SnapshotPort } from "./snapshot-key.ts";

/** The agent program that runs in the boxes of an installation. */
export interface AgentSettings {
  harness: string;
  model?: string;
  /** The model provider's key; without it the one that the box service has stored. */
  apiKey?: string;
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
    create(options: {
      signal: AbortSignal;
      agent: AgentSettings;
      jobId: string;
      settings: Pick<JobSettings, "runtime" | "size" | "network">;
      /** Begins as this snapshot was. */
      snapshot?: string;
    }): Promise<Box>;
    get(id: string): Promise<Box>;
    /** The boxes that were made for a job. */
    find(jobId: string): Promise<Box[]>;
  };
  agent: AgentSettings;
  /** Null: none are kept. */
  snapshots: SnapshotPort | null;
  /** Whether a box may stay after the job, paused, for somebody to go on with. */
  keepsBoxes: boolean;
  /** A folder on the trusted side for bare repositories. */
  repositories: string;
  /** What the job has done so far; who keeps it is the caller's business (DESIGN §6). */
  journal: Journal;
  /** Null: nobody has begun with this job before. */
  resumed: { attempt: number; because: string } | null;
  emit(event: NewJobEvent): void;
  /** Removes every known secret from a text that goes out. */
  redact(text: string): string;
  /** Adds a secret that was minted during the job. */
  addSecret(secret: string): void;
  /** Whether a text holds a known secret. */
  holdsSecret(text: string): boolean;
  /** Aborted when the job is to stop; a reason that is a `JobStop` says what is to become of it. */
  signal: AbortSignal;
}
