import type { BoxdConnection } from "../boxd/index.ts";
import type { SkillSource } from "./skill-source.ts";

/** In a skill's folder: which one it is, by the engine's word. Others are the user's own. */
const MARK = ".box-action-skill";

/** Prints the ids of the skills that are there, and removes those that are wanted no more. $1 folder, then ids. */
const SYNC = `folder=$1; shift
for mark in "$folder"/*/${MARK}; do
  [ -e "$mark" ] || continue
  id=$(cat "$mark"); wanted=
  for each; do [ "$each" = "$id" ] && wanted=1; done
  if [ -n "$wanted" ]; then printf '%s\\n' "$id"; else rm -rf -- "$(dirname -- "$mark")"; fi
done`;

/** Unpacks standard input. $1 folder of the skill, $2 how deep its files lie, $3 its id. */
const UNPACK = `set -e
rm -rf -- "$1"
mkdir -p -- "$1"
tar -x -C "$1" --strip-components="$2" --no-same-owner
printf %s "$3" > "$1/${MARK}"`;

/** Puts a box's skills where its harness looks for them, and takes away those that it has no more. */
export async function putSkills(options: {
  connection: BoxdConnection;
  env: Record<string, string>;
  folder: string;
  ids: readonly string[];
  source: SkillSource;
  signal: AbortSignal;
}): Promise<void> {
  const { connection, env, folder, ids, source, signal } = options;
  const sync = await connection.run({
    argv: ["sh", "-c", SYNC, "sh", folder, ...ids],
    env,
    signal,
  });
  const there = String(sync.stdout).split("\n");
  for (const id of ids) {
    if (there.includes(id)) continue;
    const { name, tar, depth } = await source.fetch(id, signal);
    const argv = ["sh", "-c", UNPACK, "sh", `${folder}/${name}`, String(depth), id];
    const { exit, stderr } = await connection.run({ argv, env, input: tar, signal });
    if (exit.code !== 0) throw new Error(`The skill ${id} cannot be unpacked: ${stderr}`);
  }
}
