import { type ChildProcess, spawn } from "node:child_process";
import { Readable } from "node:stream";
import { GitError } from "./git-error.ts";

/** What may be said to a remote, and how. */
export interface GitCredential {
  /** The remote's URL; the credential goes to its scheme, host and port and nowhere else. */
  url: string;
  /** Sent as the password of `x-access-token`, which is what GitHub asks for. */
  token: string;
}

export interface GitOptions {
  cwd?: string;
  credential?: GitCredential | undefined;
  /** Further `key=value` configuration for this command only. */
  config?: ReadonlyArray<readonly [key: string, value: string]>;
  /** Further environment: `GIT_AUTHOR_NAME` and the like. */
  env?: Record<string, string>;
  signal?: AbortSignal | undefined;
  /** Given on standard input. A stream is destroyed when git ends before it. */
  input?: Uint8Array | Readable;
  /** Transports that may be used; "file" is for bundles of our own. @default ["https"] */
  protocols?: readonly string[];
}

/** A fetch or push that takes longer hangs; the largest public clones take minutes. */
const TIME_LIMIT_MS = 15 * 60_000;
/** What git prints is for us to parse; more than this is somebody's attack. */
const OUTPUT_LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * Repositories that people have, and that the checks of fsck would refuse, carry these old and
 * harmless faults (git-fsck(1)); everything else that fsck finds stops the transfer.
 */
export const TOLERATED_FAULTS = [
  "badTimezone",
  "gitmodulesMissing",
  "missingSpaceBeforeDate",
  "zeroPaddedFilemode",
  "zeroPaddedDate",
];

/**
 * Every git of ours on the trusted side: no configuration of the host or of the repository's author
 * decides what runs (hooks, helpers, fsmonitor), every object that comes in is checked, nothing asks
 * for a password, no redirect leads to another host.
 */
const CONFIGURATION: ReadonlyArray<readonly [string, string]> = [
  ["core.hooksPath", "/dev/null"],
  ["core.fsmonitor", "false"],
  ["core.attributesFile", "/dev/null"],
  ["credential.helper", ""],
  ["http.followRedirects", "false"],
  ["transfer.fsckObjects", "true"],
  ...TOLERATED_FAULTS.flatMap((fault) => [
    [`fetch.fsck.${fault}`, "ignore"] as const,
    [`receive.fsck.${fault}`, "ignore"] as const,
  ]),
  ["fetch.recurseSubmodules", "false"],
  ["submodule.recurse", "false"],
  ["gc.auto", "0"],
  ["maintenance.auto", "false"],
  ["safe.bareRepository", "all"],
  ["protocol.version", "2"],
];

/** Of the environment, what the way to the network needs, and nothing else. */
const INHERITED = [
  "PATH",
  "TMPDIR",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "GIT_SSL_CAINFO",
  "http_proxy",
  "https_proxy",
  "HTTPS_PROXY",
  "no_proxy",
  "NO_PROXY",
];

/**
 * Runs git to its end and returns its standard output.
 * @throws GitError when git fails; its message holds git's own words without the credential
 */
export async function runGit(args: readonly string[], options: GitOptions = {}): Promise<Buffer> {
  const child = spawnGit(args, options);
  const chunks: Buffer[] = [];
  let size = 0;
  child.stdout?.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > OUTPUT_LIMIT_BYTES) child.kill("SIGKILL");
    else chunks.push(chunk);
  });
  await finished(child, args, options);
  return Buffer.concat(chunks);
}

function spawnGit(args: readonly string[], options: GitOptions = {}): ChildProcess {
  const child = spawn("git", args, {
    stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    cwd: options.cwd,
    env: gitEnvironment(options),
    signal: options.signal,
    timeout: TIME_LIMIT_MS,
    killSignal: "SIGKILL",
  });
  // A git that ends before it has read everything says why by itself.
  child.stdin?.on("error", () => undefined);
  if (options.input instanceof Readable) feed(child, options.input);
  else child.stdin?.end(options.input);
  return child;
}

function feed(child: ChildProcess, input: Readable): void {
  // Half of an input must not look like all of it.
  input.once("error", () => child.kill("SIGKILL"));
  child.once("close", () => input.destroy());
  if (child.stdin !== null) input.pipe(child.stdin);
}

/** @throws GitError when it fails */
function finished(
  child: ChildProcess,
  args: readonly string[],
  options: GitOptions,
): Promise<void> {
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    said = (said + chunk).slice(-8_192);
  });
  return new Promise((resolve, reject) => {
    child.once("error", (cause) => reject(options.signal?.aborted ? cause : startError(cause)));
    child.once("close", (code, signal) => {
      if (code === 0) resolve();
      else
        reject(new GitError(args[0] ?? "", code, signal, withoutSecret(said, options.credential)));
    });
  });
}

function startError(cause: Error): GitError {
  return new GitError("", null, null, `git could not be started: ${cause.message}; install git.`, {
    cause,
  });
}

/** The whole environment of a git of ours: nothing but what stands here configures it. */
export function gitEnvironment(options: GitOptions): Record<string, string | undefined> {
  const inherited = INHERITED.flatMap((name) =>
    process.env[name] === undefined ? [] : [[name, process.env[name]] as const],
  );
  const configuration = [
    ...CONFIGURATION,
    ...(options.config ?? []),
    ...credentialConfiguration(options.credential),
  ];
  return {
    ...Object.fromEntries(inherited),
    ...options.env,
    HOME: "/nonexistent",
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ALLOW_PROTOCOL: (options.protocols ?? ["https"]).join(":"),
    GIT_CONFIG_COUNT: String(configuration.length),
    ...Object.fromEntries(
      configuration.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  };
}

/** In the environment and not on the command line, which every user of the host can read. */
function credentialConfiguration(
  credential: GitCredential | undefined,
): ReadonlyArray<readonly [string, string]> {
  if (credential === undefined) return [];
  const basic = Buffer.from(`x-access-token:${credential.token}`).toString("base64");
  return [[`http.${new URL(credential.url).origin}/.extraHeader`, `Authorization: Basic ${basic}`]];
}

function withoutSecret(text: string, credential: GitCredential | undefined): string {
  return credential === undefined ? text : text.replaceAll(credential.token, "[redacted]");
}
