import type { BoxdConnection } from "../boxd/index.ts";
import { Turns } from "../turns.ts";

/** Where they are meanwhile: outside of every work folder. */
const STORE = "/home/boxuser/.box-action/hidden";

/**
 * Moves names away from a folder and from all above it. Git is told to overlook them, so that an agent
 * that commits does not commit their absence. Each is written down before it is moved.
 * $1 store, $2 what tells this run's from others, $3 folder, then the names.
 */
const HIDE = `store=$1; run=$2; folder=$3; shift 3
# As a program that is started in it sees it; one that is not there is told when it is started.
folder=$(cd -- "$folder" && pwd -P) || exit 0
mkdir -p "$store"
count=0
while :; do
  for name; do
    { [ -e "$folder/$name" ] || [ -L "$folder/$name" ]; } && [ -w "$folder" ] || continue
    count=$((count + 1)); kept=$store/$run-$count
    git -C "$folder" ls-files -z -- "$name" >"$kept.index" 2>/dev/null
    git -C "$folder" update-index -z --skip-worktree --stdin <"$kept.index" 2>/dev/null
    printf %s "$folder/$name" >"$kept.path"
    mv -- "$folder/$name" "$kept.file" || exit 1
  done
  [ "$folder" = / ] && break
  folder=$(dirname -- "$folder")
done
exit 0`;

/** What the agent has made in their place stays. $1 store */
const RESTORE = `left=
for path in "$1"/*.path; do
  [ -e "$path" ] || continue
  kept=\${path%.path}
  target=$(cat "$path")
  folder=$(dirname -- "$target")
  # Copied beside and renamed: the store is on another mount, and a box may end in the middle.
  if [ -e "$kept.file" ] || [ -L "$kept.file" ]; then
    if ! [ -e "$target" ] && ! [ -L "$target" ]; then
      rm -rf -- "$target.box-restoring"
      mkdir -p "$folder" && cp -a -- "$kept.file" "$target.box-restoring" &&
        mv -- "$target.box-restoring" "$target" || { left=1; continue; }
    fi
  fi
  git -C "$folder" update-index -z --no-skip-worktree --stdin <"$kept.index" 2>/dev/null
done
[ -n "$left" ] && exit 1
rm -rf -- "$1"`;

/** What the scripts are run with. */
interface InBox {
  connection: BoxdConnection;
  env: Record<string, string>;
}

/** What is to be hidden for a run. */
export interface Hiding {
  runId: string;
  /** The folder of the run, absolute. */
  folder: string;
  names: readonly string[];
}

/**
 * Files of a box's repository that its agent's program would obey: away for the time of a run. Of several
 * runs at once the last puts them back.
 */
export class HiddenFiles {
  readonly #turns = new Turns();
  #runs = 0;

  /** @returns how the run ends, once; a box that is gone cannot be put in order, and is not. */
  async hide(inBox: InBox, { runId, folder, names }: Hiding): Promise<() => Promise<void>> {
    if (names.length === 0) return async () => undefined;
    this.#runs++;
    const end = () =>
      this.#turns.take(async () => {
        this.#runs--;
        if (this.#runs === 0) await restoreFiles(inBox).catch(() => undefined);
      });
    try {
      await this.#turns.take(async () => {
        const argv = ["sh", "-c", HIDE, "sh", STORE, runId, folder, ...names];
        const { exit, stderr } = await inBox.connection.run({ argv, env: inBox.env });
        if (exit.code === 0) return;
        throw new Error(`The repository's agent settings cannot be moved away: ${stderr}`);
      });
      return end;
    } catch (error) {
      await end();
      throw error;
    }
  }
}

/** Puts back what a run has left that was cut off. */
export async function restoreFiles({ connection, env }: InBox): Promise<void> {
  const { exit, stderr } = await connection.run({ argv: ["sh", "-c", RESTORE, "sh", STORE], env });
  if (exit.code !== 0) throw new Error(`${STORE} has files that cannot be put back: ${stderr}`);
}
