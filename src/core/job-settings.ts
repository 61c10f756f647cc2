import { BoxConfig } from "./config/box-config.ts";
import type { JobOptions } from "./request.ts";

/** How one job is done: the repository's configuration, and over it the options of the command. */
export interface JobSettings {
  harness?: string;
  model?: string;
  runtime?: string;
  size?: "small" | "medium" | "large";
  network?: "allow-all" | "deny-all";
  budgetUsd?: number;
  timeoutMinutes: number;
  setup: readonly string[];
  /** Null: what is found; none: an empty list. */
  verify: readonly string[] | null;
  attempts: number;
  instructions: string;
  protectedPaths: readonly string[];
  draft: boolean;
  reviewers: readonly string[];
  commit: BoxConfig["commit"];
  /** US dollars for all jobs of the repository in a day. */
  dailyUsd?: number;
}

/** The settings of a job, frozen when it is admitted. */
export function jobSettings(config: BoxConfig, options: JobOptions): JobSettings {
  const { harness, model, runtime, size, network } = { ...config, ...options };
  const budgetUsd = options.budgetUsd ?? config.budget.job;
  return {
    ...given({ harness, model, runtime, size, network, budgetUsd, dailyUsd: config.budget.day }),
    // A model of the configuration is for the agent of the configuration.
    ...(options.harness !== undefined && options.model === undefined ? { model: undefined } : {}),
    timeoutMinutes: options.timeoutMinutes ?? config.timeout,
    setup: config.setup ?? [],
    verify: options.verify === false ? [] : (config.verify ?? null),
    attempts: config.attempts,
    instructions: config.instructions ?? "",
    protectedPaths: config.protected,
    draft: options.draft ?? config.draft,
    reviewers: config.reviewers,
    commit: config.commit,
  } as JobSettings;
}

/** Those of a repository that configures nothing. */
export const DEFAULT_SETTINGS: JobSettings = jobSettings(BoxConfig.parse({}), {});

/** Without the fields that nobody has named. */
function given<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Partial<T>;
}
