import { BoxError } from "../box/index.ts";
import { GitError } from "../host/git-error.ts";

/** What a service says that is there but not itself: a proxy in front of it, or its own start. */
const PASSING_STATUSES = [500, 502, 503, 504];

/** git's words for a remote that cannot be reached or breaks off. */
const GIT_OUTAGE =
  /Could not resolve host|Failed to connect|Connection (refused|reset|timed out)|Couldn't connect|Empty reply|unexpected disconnect|early EOF|RPC failed|returned error: 5\d\d|Operation timed out|Recv failure/i;

/** A git that a process had started which has died since is at work in the same repository still. */
const GIT_IN_THE_WAY = /\.lock': File exists|shallow file has changed/i;

/** How deep an error's causes are followed. */
const DEEPEST_CAUSE = 5;

/**
 * Whether something failed because GitHub or the box service could not be reached, or was not itself for
 * a while, so that the same may succeed later.
 */
export function isOutage(error: unknown): boolean {
  let current = error;
  for (let depth = 0; depth < DEEPEST_CAUSE && current instanceof Error; depth++) {
    if (isOutageItself(current)) return true;
    current = current.cause;
  }
  return false;
}

function isOutageItself(error: Error): boolean {
  if (BoxError.isInstance(error)) {
    // An engine that cannot reach the repository's host says so in git's words.
    if (error.serverCode === "clone_failed") return GIT_OUTAGE.test(error.message);
    // A stream that breaks off says nothing of its run, which may go on.
    if (error.code === "network" || error.code === "stream_ended") return true;
    // With a code of its own the service has understood, and says no.
    return (
      error.code === "server_error" && error.serverCode === undefined && isPassing(error.statusCode)
    );
  }
  if (error instanceof GitError) {
    return GIT_OUTAGE.test(error.stderr) || GIT_IN_THE_WAY.test(error.stderr);
  }
  const { status, code } = error as { status?: unknown; code?: unknown };
  // Octokit's errors have a status; fetch's own failure is a TypeError with the socket's error below it.
  if (typeof status === "number") return isPassing(status) || isRateLimit(status, error.message);
  return typeof code === "string" && /^(ECONN|EPIPE|ETIMEDOUT|EAI_AGAIN|UND_ERR)/.test(code);
}

function isPassing(status: number | undefined): boolean {
  return status !== undefined && PASSING_STATUSES.includes(status);
}

function isRateLimit(status: number, message: string): boolean {
  return status === 429 || (status === 403 && /rate limit/i.test(message));
}
