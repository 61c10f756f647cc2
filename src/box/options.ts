import type { Agent } from "./agent-name.ts";
import type { WebSocketConstructor } from "./web-socket.ts";
import type { BoxSize, CustomRunner } from "./wire.ts";

/** Limits of one call. Every method takes them. */
export interface CallOptions {
  /** Ends the call with a `BoxError` whose code is `aborted`. */
  signal?: AbortSignal | undefined;
  /** Milliseconds for this request. 0 means no limit. @default the connection's `timeout` */
  requestTimeout?: number | undefined;
}

/** How to reach the service. */
export interface ConnectionOptions {
  /** @default the environment variable `UPSTASH_BOX_API_KEY` */
  apiKey?: string | undefined;
  /**
   * Where the service is: Upstash Box, or an engine of your own.
   * @default the environment variable `UPSTASH_BOX_BASE_URL`, else Upstash Box
   */
  baseUrl?: string | undefined;
  /**
   * Milliseconds for a request that is answered at once, `exec.command` included. Streams and agent
   * runs have no limit but the `timeout` of their own. 0 means no limit.
   * @default 600000
   */
  timeout?: number | undefined;
  /** Writes a line for each request to standard error. @default false */
  debug?: boolean | undefined;
  /** Sends the requests instead of the global `fetch`: for a proxy, a test, a trace. */
  fetch?: typeof fetch | undefined;
  /**
   * Opens the WebSockets of `exec.session`, in the place of the package `ws`: the global one of Bun,
   * Deno or Node 22, or one that goes through a proxy. It must be able to send a header.
   */
  webSocket?: WebSocketConstructor | undefined;
  /** @deprecated Taken so that programs for the original compile: this SDK sends no telemetry. */
  enableTelemetry?: boolean | undefined;
}

/** What a call takes that belongs to no box: where the service is, and the call's limits. */
export type AccountCallOptions = ConnectionOptions & CallOptions;

/** What `Box.list` takes. */
export interface ListBoxesOptions extends ConnectionOptions, CallOptions {
  /** Only the boxes that have it. */
  label?: string | undefined;
}

/** What `Box.get` takes. */
export interface GetBoxOptions extends ConnectionOptions, CallOptions {
  /** Used for clone, push and pull requests. @default the token that the box was created with */
  gitToken?: string | undefined;
}

/** Limits of one run. */
export interface RunOptions {
  /**
   * Ends the run with a `BoxError` whose code is `aborted`, and asks the service to stop it.
   */
  signal?: AbortSignal | undefined;
  /**
   * Milliseconds the run may take. Then it is cancelled, and a `BoxError` whose code is `timeout` is
   * thrown. 0 means no limit.
   */
  timeout?: number | undefined;
  /** Where the run works, relative to `box.cwd` or absolute. @default box.cwd */
  folder?: string | undefined;
}

/** The languages that a box comes with; `-alpine` for the small image. */
export type Runtime =
  | "node"
  | "python"
  | "golang"
  | "ruby"
  | "rust"
  | `${"node" | "python" | "golang" | "ruby" | "rust"}-alpine`;

type AnyString = string & {};

/** An agent program of your own; it speaks box-sse-v1 on its standard output. */
export type CustomHarness = CustomRunner;

interface AgentModelOptions {
  /** Such as `"anthropic/claude-sonnet-4-5"`; see `ClaudeCode`, `OpenAICodex`, `OpenRouterModel`. */
  model?: string | undefined;
  /** The model provider's key, or one of `BoxApiKey`. @default the service decides */
  apiKey?: string | undefined;
  /** The program to run, with `harness: Agent.Custom`. */
  customHarness?: CustomHarness | undefined;
}

/** Which agent works in the box, and with which model. */
export type AgentOptions = AgentModelOptions &
  (
    | { harness: Agent | AnyString }
    /** @deprecated Say `harness`. */
    | { provider: Agent | AnyString }
    /** @deprecated Say `harness`. */
    | { runner: Agent | AnyString }
  );

/** What the box's git is set up with. */
export interface GitOptions {
  /** Used for clone, push and pull requests. */
  token?: string | undefined;
  /** @default "Upstash Box" */
  userName?: string | undefined;
  /** @default "box@upstash.com" */
  userEmail?: string | undefined;
}

/** What a box may reach. Denied ranges win; private ranges stay closed. */
export interface NetworkPolicyOptions {
  mode: "allow-all" | "deny-all" | "custom";
  /** Exact names, or `*.suffix`. */
  allowedDomains?: string[] | undefined;
  allowedCidrs?: string[] | undefined;
  deniedCidrs?: string[] | undefined;
}

/** A tool server for the agent: an npm package that is started in the box, or an address. */
export type McpServerOptions =
  | { name: string; package: string; args?: string[] | undefined }
  | { name: string; url: string; headers?: Record<string, string> | undefined };

/** What `Box.create` and `EphemeralBox.create` both take. */
interface CreateOptions extends ConnectionOptions, CallOptions {
  /** Usable in place of the id afterwards. */
  name?: string | undefined;
  /** At most 5, each at most 20 characters of `A-Z a-z 0-9 . _ : -`. */
  labels?: string[] | undefined;
  /** @default "node" on Debian */
  runtime?: Runtime | AnyString | undefined;
  /** @default "small" */
  size?: BoxSize | undefined;
  /** Variables of everything that runs in the box. */
  env?: Record<string, string> | undefined;
  /** Headers that are added to requests on the way out: `{ "api.example.com": { name: value } }`. */
  attachHeaders?: Record<string, Record<string, string>> | undefined;
  /** @default everything public */
  networkPolicy?: NetworkPolicyOptions | undefined;
}

/** What `Box.create` takes. Everything has a default. */
export interface CreateBoxOptions extends CreateOptions {
  /** The box never pauses. @default false */
  keepAlive?: boolean | undefined;
  /** Runs at every start of the box; only with `keepAlive`. */
  initCommand?: string | undefined;
  /** Without it the box has no agent, and `box.agent` is refused by the service. */
  agent?: AgentOptions | undefined;
  git?: GitOptions | undefined;
  /** `owner/repo/skill` each. */
  skills?: string[] | undefined;
  mcpServers?: McpServerOptions[] | undefined;
}

/** What `EphemeralBox.create` takes. Everything has a default. */
export interface CreateEphemeralBoxOptions extends CreateOptions {
  /** Seconds until the box deletes itself, at most the default. @default 259200, three days */
  ttl?: number | undefined;
}
