import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BoxError } from "../../src/box/index.ts";
import { isOutage } from "../../src/core/is-outage.ts";
import { JobFailure } from "../../src/core/job-failure.ts";
import { GitError } from "../../src/host/git-error.ts";
import { runGit } from "../../src/host/run-git.ts";

const withStatus = (status: number, message = "") => Object.assign(new Error(message), { status });
const withCode = (code: string) => Object.assign(new Error(code), { code });
const said = (stderr: string) => new GitError("fetch", 128, null, stderr);
const cloneFailed = (message: string) =>
  new BoxError("bad_request", message, { statusCode: 400, serverCode: "clone_failed" });

describe("an outage is", () => {
  it.each([
    ["a proxy that answers for GitHub", withStatus(503)],
    ["a rate limit", withStatus(403, "You have exceeded a secondary rate limit.")],
    ["too many requests", withStatus(429)],
    [
      "a socket that breaks off, below fetch's own error",
      new TypeError("fetch failed", { cause: withCode("ECONNRESET") }),
    ],
    ["an engine that cannot be reached", new BoxError("network", "refused")],
    ["a stream that breaks off", new BoxError("stream_ended", "early")],
    ["a proxy before the box service", new BoxError("server_error", "bad", { statusCode: 502 })],
    ["an engine that cannot reach GitHub", cloneFailed("fatal: … Failed to connect to github.com")],
    ["the cause of a failure", new JobFailure("x", "", "", { cause: said("fatal: early EOF") })],
    [
      "the git of a process that has just died",
      said("fatal: Unable to create '/d/shallow.lock': File exists."),
    ],
  ])("%s", (_, error) => {
    expect(isOutage(error)).toBe(true);
  });

  it.each([
    ["an error of ours", new Error("x")],
    ["no error", undefined],
    ["what is not there", withStatus(404)],
    ["what is not allowed", withStatus(403, "Resource not accessible by integration")],
    [
      "a service that knows what is wrong",
      new BoxError("server_error", "", { statusCode: 500, serverCode: "no_space" }),
    ],
    ["a repository that may not be read", cloneFailed("fatal: Authentication failed")],
    ["an agent that speaks of one", new BoxError("agent_failed", "Connection refused")],
    ["a push that is refused", said("! [remote rejected] main (protected branch hook declined)")],
  ])("not %s", (_, error) => {
    expect(isOutage(error)).toBe(false);
  });
});

describe("git's own words for a remote that", () => {
  const server = createServer();
  let how: "cut" | "503" = "cut";
  server.on("connection", (socket) => {
    socket.on("error", () => undefined);
    if (how === "cut") return void socket.destroy();
    socket.once("data", () =>
      socket.end("HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n"),
    );
  });
  let port = 0;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    port = (server.address() as { port: number }).port;
  });
  afterAll(() => void server.close());

  const ask = (url: string) =>
    runGit(["ls-remote", url], { protocols: ["http"] }).catch((error) => error);

  it.each(["cut", "503"] as const)("answers like this are known: %s", async (answer) => {
    how = answer;
    expect(isOutage(await ask(`http://127.0.0.1:${port}/a/b.git`))).toBe(true);
  });

  it("is not there are known", async () => {
    // Nobody listens on the port that means "any".
    expect(isOutage(await ask("http://127.0.0.1:1/a/b.git"))).toBe(true);
  });
});
