import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { agentSettings } from "../core/agent-settings.ts";
import type { AgentSettings } from "../core/ports.ts";
import type { JobOptions } from "../core/request.ts";

/** What the App is started with; see docs/operate.md for each variable. */
export interface AppConfig {
  appId: number;
  /** PEM. */
  privateKey: string;
  webhookSecret: string;
  host: string;
  port: number;
  /** The REST API, e.g. `https://api.github.com` or `https://github.example.com/api/v3`. */
  apiUrl: string;
  /** `host[:port]` of a GitHub that is not github.com; the engine may fetch from it. */
  gitHost: string | null;
  /** Where everything is kept that must not be lost. */
  data: string;
  /** A smee.io channel for development. */
  webhookProxy: string | null;
  /** Null: an engine inside the App's own process. */
  boxService: { baseUrl?: string; apiKey: string } | null;
  agent: AgentSettings;
  /** Options of commands that nobody may use, by their field in `JobOptions`. @default none */
  forbiddenOptions?: readonly string[];
  /** For the engine inside the App's own process. @default what the engine's own defaults are */
  engine?: {
    /** Where agents' programs are installed. */
    harnesses?: string | undefined;
    /** In which the keys of model providers are looked for. */
    modelVariables?: Readonly<Record<string, string | undefined>>;
  };
  /** A Postgres that several Apps may share; null: one of the App's own, in the data folder. */
  databaseUrl: string | null;
  /** Jobs that run at the same time, in all Apps on the same store together. */
  concurrency: number;
  /** The same for each installation. */
  installationConcurrency: number;
  /** What a repository may use in a day (UTC); infinite where there is no limit. */
  daily: { jobs: number; costUsd: number };
  /** What a scraper of `/metrics` has to send as its bearer token; null: nothing. */
  metricsToken: string | null;
  /** How long ended jobs, their logs and deliveries are kept. */
  retentionDays: number;
  /** How long a box stays after its job, paused, so that `/box continue` finds it; 0: not at all. */
  keepBoxHours: number;
  /** How long running jobs have to end when the App is stopped, before they are handed over. */
  graceSeconds: number;
  logLevel: "trace" | "debug" | "info" | "warn" | "error" | "fatal";
}

/** Options as people write them, and as requests have them. */
const FORBIDDABLE = {
  harness: "harness",
  model: "model",
  budget: "budgetUsd",
  timeout: "timeoutMinutes",
  base: "base",
  size: "size",
  runtime: "runtime",
  draft: "draft",
  "no-verify": "verify",
} as const satisfies Record<string, keyof JobOptions>;
const FORBIDDABLE_NAMES = Object.keys(FORBIDDABLE) as Array<keyof typeof FORBIDDABLE>;

const Environment = z.object({
  APP_ID: z.coerce.number({ error: "must be the App's numeric id" }).int().positive(),
  PRIVATE_KEY: z.string().optional(),
  PRIVATE_KEY_PATH: z.string().optional(),
  WEBHOOK_SECRET: z.string({ error: "must be the App's webhook secret" }).min(1),
  HOST: z.string().default("127.0.0.1"),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  GHE_HOST: z.string().optional(),
  GHE_PROTOCOL: z.enum(["http", "https"]).default("https"),
  WEBHOOK_PROXY_URL: z.url().optional(),
  BOX_ACTION_DATA: z.string().min(1).optional(),
  DATABASE_URL: z
    .url({
      protocol: /^postgres(ql)?$/,
      error: "must be the URL of a Postgres, such as postgres://user@host/name",
    })
    .optional(),
  BOX_ACTION_CONCURRENCY: z.coerce.number().int().positive().default(4),
  BOX_ACTION_INSTALLATION_CONCURRENCY: z.coerce.number().int().positive().optional(),
  BOX_ACTION_DAILY_JOBS: z.coerce.number().int().positive().default(Number.POSITIVE_INFINITY),
  BOX_ACTION_DAILY_USD: z.coerce.number().positive().default(Number.POSITIVE_INFINITY),
  BOX_ACTION_METRICS_TOKEN: z.string().min(1).optional(),
  BOX_ACTION_RETENTION_DAYS: z.coerce.number().positive().default(30),
  BOX_ACTION_KEEP_BOX_HOURS: z.coerce.number().nonnegative().default(24),
  BOX_ACTION_GRACE_SECONDS: z.coerce.number().nonnegative().default(3),
  UPSTASH_BOX_API_KEY: z.string().min(1).optional(),
  UPSTASH_BOX_BASE_URL: z.url().optional(),
  BOX_HARNESS: z.string().min(1).default("claude-code"),
  BOX_MODEL: z.string().min(1).optional(),
  BOX_MODEL_API_KEY: z.string().min(1).optional(),
  BOX_HARNESSES: z.string().min(1).optional(),
  BOX_ACTION_FORBID: z
    .string()
    .transform((text) => text.split(/[\s,]+/).filter((word) => word !== ""))
    .pipe(
      z.array(
        z.enum(FORBIDDABLE_NAMES, { error: `must be some of ${FORBIDDABLE_NAMES.join(", ")}` }),
      ),
    )
    .optional(),
  BOX_CUSTOM_HARNESS: z.string().min(1).optional(),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal"]).default("info"),
});

/**
 * Reads the App's configuration from environment variables.
 * @throws Error that names every variable that is missing or wrong
 */
export async function readConfig(env: NodeJS.ProcessEnv): Promise<AppConfig> {
  // An empty variable is one that was not set: that is how Compose files and CI pass them on.
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = Environment.safeParse(set);
  const problems = [...wrongVariables(parsed.error), ...missingCompanions(set)];
  if (!parsed.success || problems.length > 0) {
    throw new Error(
      `The App cannot start; set these environment variables (docs/operate.md):\n${problems.join("\n")}`,
    );
  }
  const values = parsed.data;
  return {
    appId: values.APP_ID,
    privateKey: await privateKey(values),
    webhookSecret: values.WEBHOOK_SECRET,
    host: values.HOST,
    port: values.PORT,
    apiUrl:
      values.GHE_HOST === undefined
        ? "https://api.github.com"
        : `${values.GHE_PROTOCOL}://${values.GHE_HOST}/api/v3`,
    gitHost: values.GHE_HOST ?? null,
    data: values.BOX_ACTION_DATA ?? defaultDataFolder(),
    webhookProxy: values.WEBHOOK_PROXY_URL ?? null,
    boxService: boxService(values),
    agent: await agentSettings({
      harness: values.BOX_HARNESS,
      model: values.BOX_MODEL,
      apiKey: values.BOX_MODEL_API_KEY,
      program: values.BOX_CUSTOM_HARNESS,
    }),
    forbiddenOptions: (values.BOX_ACTION_FORBID ?? []).map((name) => FORBIDDABLE[name]),
    engine: { harnesses: values.BOX_HARNESSES, modelVariables: env },
    databaseUrl: values.DATABASE_URL ?? null,
    concurrency: values.BOX_ACTION_CONCURRENCY,
    installationConcurrency:
      values.BOX_ACTION_INSTALLATION_CONCURRENCY ?? values.BOX_ACTION_CONCURRENCY,
    daily: { jobs: values.BOX_ACTION_DAILY_JOBS, costUsd: values.BOX_ACTION_DAILY_USD },
    metricsToken: values.BOX_ACTION_METRICS_TOKEN ?? null,
    retentionDays: values.BOX_ACTION_RETENTION_DAYS,
    keepBoxHours: values.BOX_ACTION_KEEP_BOX_HOURS,
    graceSeconds: values.BOX_ACTION_GRACE_SECONDS,
    logLevel: values.LOG_LEVEL,
  };
}

/**
 * Where the App keeps its jobs, for commands that need nothing else of its configuration.
 * @throws Error when DATABASE_URL is wrong
 */
export function storeLocation(env: NodeJS.ProcessEnv): {
  data: string;
  databaseUrl: string | null;
} {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const { DATABASE_URL, BOX_ACTION_DATA } = Environment.pick({
    DATABASE_URL: true,
    BOX_ACTION_DATA: true,
  }).parse(set);
  return { data: BOX_ACTION_DATA ?? defaultDataFolder(), databaseUrl: DATABASE_URL ?? null };
}

type Values = z.infer<typeof Environment>;

function wrongVariables(error: z.ZodError | undefined): string[] {
  return (error?.issues ?? []).map(({ path, message }) => `  ${path.join(".")}: ${message}`);
}

/** What is needed because of another variable, or instead of it. */
function missingCompanions(set: Record<string, string | undefined>): string[] {
  const problems: string[] = [];
  if (set.PRIVATE_KEY === undefined && set.PRIVATE_KEY_PATH === undefined) {
    problems.push("  PRIVATE_KEY: must be the App's private key, or PRIVATE_KEY_PATH its file");
  }
  if (set.UPSTASH_BOX_BASE_URL !== undefined && set.UPSTASH_BOX_API_KEY === undefined) {
    problems.push(
      "  UPSTASH_BOX_API_KEY: must be set with UPSTASH_BOX_BASE_URL; unset both for the built-in engine",
    );
  }
  return problems;
}

async function privateKey({ PRIVATE_KEY, PRIVATE_KEY_PATH = "" }: Values): Promise<string> {
  const key = PRIVATE_KEY ?? (await readFile(PRIVATE_KEY_PATH, "utf8"));
  // Variables of many hosts cannot hold line breaks; people write them as \n.
  return key.includes("\n") ? key : key.replaceAll("\\n", "\n");
}

function boxService({ UPSTASH_BOX_API_KEY, UPSTASH_BOX_BASE_URL }: Values) {
  if (UPSTASH_BOX_API_KEY === undefined) return null;
  return {
    apiKey: UPSTASH_BOX_API_KEY,
    ...(UPSTASH_BOX_BASE_URL === undefined ? {} : { baseUrl: UPSTASH_BOX_BASE_URL }),
  };
}

function defaultDataFolder(): string {
  // Boxes of a root engine have users of their own, who must be able to pass through to their disks.
  if (process.getuid?.() === 0) return "/var/lib/box-action";
  return join(process.env.XDG_DATA_HOME ?? join(homedir(), ".local", "share"), "box-action");
}
