import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/** What `<data>/bases/<id>/base.json` says; the base itself is in `root` beside it. */
export const BaseRecord = z.object({
  /** Such as `bookworm`. */
  suite: z.string(),
  /** Packages that were asked for beyond those that every base has. */
  include: z.array(z.string()),
  /** Unix milliseconds. */
  created_at: z.number(),
  /** The user of the host that built it: the owners of its files mean something to that one alone. */
  built_by: z.number(),
});
export type BaseRecord = z.infer<typeof BaseRecord>;

/** A base that boxes can be made on. */
export interface Base extends BaseRecord {
  id: string;
}

/** Where a data folder keeps its bases. */
export function basesFolder(data: string): string {
  return join(data, "bases");
}

/** Where the root of a base stands. */
export function baseRoot(data: string, id: string): string {
  return join(basesFolder(data), id, "root");
}

/**
 * The bases that this user has built, the newest first. Read anew each time, since `engine base build`
 * is another process; a folder without a record is one that is not whole.
 */
export function listBases(data: string): Base[] {
  const own = names(basesFolder(data))
    .flatMap((id) => read(data, id) ?? [])
    .filter(({ built_by }) => built_by === process.getuid?.());
  return own.sort((a, b) => b.created_at - a.created_at);
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => !name.startsWith("."));
  } catch {
    return [];
  }
}

function read(data: string, id: string): Base | undefined {
  try {
    const text = readFileSync(join(basesFolder(data), id, "base.json"), "utf8");
    return { id, ...BaseRecord.parse(JSON.parse(text)) };
  } catch {
    return undefined;
  }
}
