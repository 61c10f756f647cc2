import type { GitConfig } from "../../box/wire.ts";
import type { EngineBox } from "../engine-box.ts";
import { EngineError } from "../engine-error.ts";
import { gitInBox, requireGit } from "./git-in-box.ts";

const KEYS = { git_user_name: "user.name", git_user_email: "user.email" } as const;

/**
 * Changes the identity that a box commits with, in its global configuration, where it outlives the
 * box's sleep and goes into its snapshots.
 * @returns both values, changed or not
 * @throws EngineError 400 for a value that a commit cannot hold
 */
export async function updateGitConfig(box: EngineBox, config: GitConfig): Promise<GitConfig> {
  for (const [field, key] of Object.entries(KEYS)) {
    const value = config[field as keyof GitConfig];
    if (value === undefined) continue;
    if (/\p{Cc}/u.test(value)) {
      throw new EngineError(400, "invalid_request", `${field}: must not hold control characters.`);
    }
    // All: a box from a snapshot may have the value twice.
    await requireGit(box, undefined, ["config", "--global", "--replace-all", key, value]);
  }
  const read = async (key: string) =>
    (await gitInBox(box, undefined, ["config", "--global", "--get", key])).stdout.trimEnd();
  return {
    git_user_name: await read(KEYS.git_user_name),
    git_user_email: await read(KEYS.git_user_email),
  };
}
