import { createAppAuth, type StrategyOptions } from "@octokit/auth-app";
import type { ProbotOctokit } from "probot";

type Octokit = Pick<InstanceType<typeof ProbotOctokit>, "hook" | "auth" | "request">;

/**
 * A plugin that makes a request once more with a new token when GitHub does not know the old one any more:
 * it has expired by GitHub's clock, or somebody has revoked it. Octokit itself keeps a token for an hour.
 */
export function freshToken(octokit: Octokit): void {
  octokit.hook.wrap("request", async (request, options) => {
    try {
      return await request(options);
    } catch (error) {
      const { status } = error as { status?: number };
      // The App's own requests are signed anew each time, and those for a token are such.
      if (status !== 401 || options.url.startsWith("/app")) throw error;
      try {
        await renew(octokit);
      } catch {
        throw error;
      }
      return request(options);
    }
  });
}

/** Puts a new token into the cache that Octokit takes it from. */
async function renew(octokit: Octokit): Promise<void> {
  // Its own `auth` would ask github.com, whatever the App's GitHub is.
  const factory = (options: StrategyOptions) =>
    createAppAuth({ ...options, request: octokit.request });
  const auth = (await octokit.auth({ type: "installation", factory })) as ReturnType<
    typeof createAppAuth
  >;
  await auth({ type: "installation", refresh: true });
}
