import { mkdir, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import type { GitProcesses } from "./run-git.ts";

export interface BackendRequest {
  /** The folder of the bare repository. */
  folder: string;
  /** Such as `/info/refs` or `/git-upload-pack`. */
  service: string;
  query: string;
  user: string;
  environment: Record<string, string>;
  /** Runs when git is done and before the client learns of it. */
  finished(): Promise<void>;
}

/** Answers one request with `git http-backend`, streaming both ways. */
export function serveBackend(
  processes: GitProcesses,
  request: BackendRequest,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const child = processes.spawn(["http-backend"], request.folder, {
    ...cgiEnvironment(request, incoming),
    ...request.environment,
  });
  const answer = new CgiAnswer(outgoing);
  const stderr: Buffer[] = [];
  // The client may hang up and git may end early: neither is this server's failure.
  child.stdin.on("error", () => {});
  outgoing.once("close", () => child.kill("SIGTERM"));
  incoming.pipe(child.stdin);
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  child.stdout.on("data", (chunk: Buffer) => {
    if (answer.write(chunk)) return;
    child.stdout.pause();
    outgoing.once("drain", () => child.stdout.resume());
  });
  return new Promise((resolve) => {
    child.once("error", () => answer.fail("git could not be started"));
    child.once("close", async () => {
      incoming.unpipe(child.stdin);
      incoming.resume();
      await request.finished().catch(() => {});
      if (!answer.started) answer.fail(Buffer.concat(stderr).toString());
      outgoing.end(resolve);
      if (outgoing.destroyed) resolve();
      // An answer that was held back may find nobody when it is given at last.
      else outgoing.once("close", resolve);
    });
  });
}

/** Writes the hook that keeps a token without `workflows` from changing workflow files. */
export async function writeWorkflowsHook(folder: string): Promise<string> {
  const hooks = join(folder, ".hooks");
  await mkdir(hooks, { recursive: true });
  await writeFile(join(hooks, "update"), WORKFLOWS_HOOK, { mode: 0o755 });
  return hooks;
}

/** Switches that hook on for one request; other pushes pay nothing for it. */
export function workflowsHookEnvironment(folder: string): Record<string, string> {
  return {
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "core.hooksPath",
    GIT_CONFIG_VALUE_0: join(folder, ".hooks"),
  };
}

// A new branch is compared to what the repository has already: a workflow file that came with the
// branch it starts from is not a change of this push.
const WORKFLOWS_HOOK = `#!/bin/sh
case "$3" in 0000000000000000000000000000000000000000) exit 0 ;; esac
file=$(git log --format= --name-only "$3" --not --branches -- .github/workflows | head -n 1)
[ -z "$file" ] && exit 0
echo "refusing to allow a GitHub App to create or update workflow \\\`$file\\\` without \\\`workflows\\\` permission" >&2
exit 1
`;

function cgiEnvironment(
  request: BackendRequest,
  incoming: IncomingMessage,
): Record<string, string> {
  const { headers } = incoming;
  const environment: Record<string, string> = {
    // The repository's own folder is the root: nothing else can be named.
    GIT_PROJECT_ROOT: request.folder,
    GIT_HTTP_EXPORT_ALL: "1",
    PATH_INFO: request.service,
    QUERY_STRING: request.query,
    REQUEST_METHOD: incoming.method ?? "GET",
    CONTENT_TYPE: headers["content-type"] ?? "",
    REMOTE_USER: request.user,
    REMOTE_ADDR: "127.0.0.1",
  };
  const encoding = headers["content-encoding"];
  if (encoding) environment.HTTP_CONTENT_ENCODING = encoding;
  // Without a length http-backend reads to the end, which is what a chunked body needs.
  if (headers["content-length"]) environment.CONTENT_LENGTH = headers["content-length"];
  const protocol = headers["git-protocol"];
  if (typeof protocol === "string") environment.GIT_PROTOCOL = protocol;
  return environment;
}

/** Turns CGI output (headers, empty line, body) into an HTTP answer. */
class CgiAnswer {
  started = false;
  readonly #outgoing: ServerResponse;
  #head = Buffer.alloc(0);

  constructor(outgoing: ServerResponse) {
    this.#outgoing = outgoing;
  }

  write(chunk: Buffer): boolean {
    if (this.started) return this.#outgoing.write(chunk);
    this.#head = Buffer.concat([this.#head, chunk]);
    const end = this.#head.indexOf("\r\n\r\n");
    if (end === -1) return true;
    this.#start(this.#head.subarray(0, end).toString());
    const body = this.#head.subarray(end + 4);
    return body.length === 0 || this.#outgoing.write(body);
  }

  fail(message: string): void {
    this.started = true;
    this.#outgoing.writeHead(500, { "content-type": "text/plain" });
    this.#outgoing.write(message);
  }

  #start(head: string): void {
    this.started = true;
    let status = 200;
    for (const line of head.split("\r\n")) {
      const [name = "", value = ""] = line.split(/:\s*/, 2);
      if (name.toLowerCase() === "status") status = Number.parseInt(value, 10);
      else this.#outgoing.setHeader(name, value);
    }
    this.#outgoing.writeHead(status);
  }
}
