import type { z } from "zod";
import type { installationPayload, renamePayload, subjectPayload } from "./payload.ts";

/** Something that jobs have to end for. Repositories are named `owner/name`, as they were called before. */
export type Change =
  /** A pull request or an issue was closed, deleted or moved away: nobody waits for its jobs. */
  | { kind: "thread-closed"; repository: string; number: number; by: string }
  /** Renamed, transferred, deleted, or taken out of the installation: where it was there is nothing. */
  | { kind: "repositories-gone"; repositories: string[]; because: string }
  | { kind: "installation-gone"; installation: number; because: string };

/** What events change, each kind of event for itself; null: nothing for us. */
export const changeIn = {
  subject(name: string, payload: z.infer<typeof subjectPayload>): Change | null {
    const { action, repository, sender } = payload;
    const number = (payload.pull_request ?? payload.issue)?.number;
    const isOver =
      (name === "pull_request" && action === "closed") ||
      (name === "issues" && ["deleted", "transferred"].includes(action));
    if (number === undefined || !isOver) return null;
    const fullName = `${repository.owner.login}/${repository.name}`;
    return { kind: "thread-closed", repository: fullName, number, by: sender.login };
  },

  repository({ action, repository, changes }: z.infer<typeof renamePayload>): Change | null {
    if (!["renamed", "transferred", "deleted", "archived"].includes(action)) return null;
    const from = changes?.owner?.from;
    const owner = from?.user?.login ?? from?.organization?.login ?? repository.owner.login;
    const name = changes?.repository?.name.from ?? repository.name;
    return {
      kind: "repositories-gone",
      repositories: [`${owner}/${name}`],
      because: `the repository was ${action}`,
    };
  },

  installation(name: string, payload: z.infer<typeof installationPayload>): Change | null {
    const { action, installation, repositories_removed: removed = [] } = payload;
    if (name === "installation" && ["deleted", "suspend"].includes(action)) {
      const because = action === "deleted" ? "the App was uninstalled" : "the App was suspended";
      return { kind: "installation-gone", installation: installation.id, because };
    }
    if (removed.length === 0) return null;
    const repositories = removed.map(({ full_name }) => full_name);
    return { kind: "repositories-gone", repositories, because: "the App was taken off it" };
  },
};
