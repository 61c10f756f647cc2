import type { EngineBox } from "../engine-box.ts";
import { repositoryUrl } from "./repository-url.ts";

/** More than anybody clones into one box; the oldest are forgotten. */
const KEPT = 100;

/**
 * Notes that a client has named a repository: what runs in a box can write any URL into its clone's
 * configuration, and must not choose where the box's token goes.
 */
export async function rememberRepository(box: EngineBox, url: string): Promise<void> {
  const { repositories = [], clone_repo = url } = box.record;
  if (repositories.includes(url)) return;
  await box.update({ repositories: [...repositories, url].slice(-KEPT), clone_repo });
}

/**
 * Notes the repository that a client's own `git remote add` or `set-url` names, if it does.
 * @param args of a git command that came over the API
 */
export async function rememberRemote(
  box: EngineBox,
  args: readonly string[],
  allowedHosts: ReadonlySet<string>,
): Promise<void> {
  if (args[0] !== "remote" || !["add", "set-url"].includes(args[1] ?? "")) return;
  for (const arg of args.slice(2)) {
    if (!/[/:]/.test(arg) || arg.startsWith("-")) continue;
    try {
      await rememberRepository(box, repositoryUrl(arg, allowedHosts).url);
    } catch {
      // Nothing that could be pushed to: git itself has taken it, and a push will say so.
    }
  }
}
