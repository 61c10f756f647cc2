import type { CreateBoxRequest } from "../box/wire.ts";
import type { BoxdConnection } from "./boxd/index.ts";
import { EngineError } from "./engine-error.ts";
import { BOX_USER } from "./paths.ts";

/** The service's own defaults. */
const DEFAULT_NAME = "Upstash Box";
const DEFAULT_EMAIL = "box@upstash.com";

/**
 * Writes the global git identity of a new box, so that a commit works at once.
 * @param isRestored a box from a snapshot has its configuration; only what is asked for is changed
 * @throws EngineError 400 for a name or address that a configuration file cannot hold
 */
export async function configureGit(
  connection: BoxdConnection,
  { git_user_name, git_user_email }: Pick<CreateBoxRequest, "git_user_name" | "git_user_email">,
  isRestored: boolean,
): Promise<void> {
  const path = `${BOX_USER.home}/.gitconfig`;
  const name = quote("git_user_name", git_user_name ?? DEFAULT_NAME);
  const email = quote("git_user_email", git_user_email ?? DEFAULT_EMAIL);
  if (isRestored) {
    // The last value counts.
    const lines = [git_user_name && `name = ${name}`, git_user_email && `email = ${email}`];
    const added = lines.filter(Boolean).map((line) => `\t${line}\n`);
    if (added.length === 0) return;
    await connection.files.write(path, `\n[user]\n${added.join("")}`, { append: true });
    return;
  }
  // Clients rely on the branch of `git init` being master (box-api §5).
  const text = `[user]\n\tname = ${name}\n\temail = ${email}\n[init]\n\tdefaultBranch = master\n`;
  await connection.files.write(path, text);
}

/** git-config(1), "Syntax": in double quotes, `"` and `\` are escaped; a line break ends the value. */
function quote(field: string, value: string): string {
  if (/\p{Cc}/u.test(value)) {
    throw new EngineError(400, "invalid_request", `${field}: must not hold control characters.`);
  }
  return `"${value.replace(/["\\]/g, "\\$&")}"`;
}
