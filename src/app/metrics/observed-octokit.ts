import { ProbotOctokit } from "probot";
import { freshToken } from "../fresh-token.ts";

/** One request to GitHub's REST API. */
export interface GitHubRequest {
  method: string;
  /** 0: there was no answer. */
  status: number;
  /** What GitHub says is left of a limit: `core`, `search`… */
  remaining: { resource: string; count: number } | null;
}

/** Probot's Octokit, which tells of every request, those that it makes again too. */
export function observedOctokit(onRequest: (request: GitHubRequest) => void): typeof ProbotOctokit {
  const observe = (octokit: { hook: InstanceType<typeof ProbotOctokit>["hook"] }) => {
    octokit.hook.after("request", ({ status, headers }, { method }) => {
      onRequest({ method, status, remaining: remainingOf(headers) });
    });
    octokit.hook.error("request", (error, { method }) => {
      const { status = 0, response } = error as {
        status?: number;
        response?: { headers: Record<string, unknown> };
      };
      onRequest({ method, status, remaining: remainingOf(response?.headers ?? {}) });
      throw error;
    });
  };
  return ProbotOctokit.plugin(observe, freshToken) as unknown as typeof ProbotOctokit;
}

function remainingOf(headers: Record<string, unknown>): GitHubRequest["remaining"] {
  const count = headers["x-ratelimit-remaining"];
  if (count === undefined) return null;
  return { resource: String(headers["x-ratelimit-resource"] ?? "core"), count: Number(count) };
}
