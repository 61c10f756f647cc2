import type { BoxdConnection } from "../boxd/index.ts";

/** Where they are meanwhile: outside of every work folder. */
const STORE = "/home/boxuser/.box-action/hidden";

/**
 * Moves names away from a folder and from all above it. Git is told to overlook them, so that an agent
 * that commits does not commit their absence. Each is written down before it is moved.
 */
const HIDE = `store=$1; folder=$2; shift 2
mkdir -p "$store"
count=0
while :; do
  for name; do
    { [ -e "$folder/$name" ] || [ -L "$folder/$name" ]; } && [ -w "$folder" ] || continue
    count=$((count + 1))
    git -C "$folder" ls-files -z -- "$name" >"$store/$count.index" 2>/dev/null
    git -C "$folder" update-index -z --skip-worktree --stdin <"$store/$count.index" 2>/dev/null
    printf %s "$folder/$name" >"$store/$count.path"
    mv -- "$folder/$name" "$store/$count.file" || exit 1
  done
  [ "$folder" = / ] && break
  folder=$(dirname -- "$folder")
done
exit 0`;

/** What the agent has made in their place stays. */
const RESTORE = `for path in "$1"/*.path; do
  [ -e "$path" ] || continue
  kept=\${path%.path}
  target=$(cat "$path")
  folder=$(dirname -- "$target")
  if ! [ -e "$target" ] && ! [ -L "$target" ]; then
    mkdir -p "$folder" && mv -- "$kept.file" "$target" 2>/dev/null
  fi
  git -C "$folder" update-index -z --no-skip-worktree --stdin <"$kept.index" 2>/dev/null
done
rm -rf -- "$1"`;

/** What the scripts are run with. */
interface InBox {
  connection: BoxdConnection;
  env: Record<string, string>;
}

/** Keeps files of the repository from a program that would obey them, for the time of its run. */
export async function hideFiles(
  { connection, env }: InBox,
  folder: string,
  names: readonly string[],
): Promise<void> {
  if (names.length === 0) return;
  const argv = ["sh", "-c", HIDE, "sh", STORE, folder, ...names];
  const { exit, stderr } = await connection.run({ argv, env });
  if (exit.code === 0) return;
  throw new Error(`The repository's agent settings cannot be moved away: ${stderr}`);
}

/** Puts everything back, also what a run has left that was cut off. */
export async function restoreFiles({ connection, env }: InBox): Promise<void> {
  await connection.run({ argv: ["sh", "-c", RESTORE, "sh", STORE], env });
}
