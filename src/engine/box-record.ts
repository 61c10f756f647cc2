import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { BoxData, CustomRunner } from "../box/wire.ts";

/** What the engine keeps of a box: its public data and what only the engine may know. */
export const BoxRecord = BoxData.extend({
  /** Distinguishes the living boxes of an engine; see `SandboxSpec.slot`. */
  slot: z.number().int().nonnegative(),
  init_command: z.string().optional(),
  custom_runner: CustomRunner.optional(),
  github_token: z.string().optional(),
  env_vars: z.record(z.string(), z.string()),
});
export type BoxRecord = z.infer<typeof BoxRecord>;

const FILE = "box.json";

/** The record as clients see it: the schema drops what is the engine's alone. */
export function publicData(record: BoxRecord): BoxData {
  return BoxData.parse(record);
}

/** Replaces the record in one step, so that a crash leaves the old or the new one. */
export async function saveRecord(folder: string, record: BoxRecord): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o711 });
  const temporary = join(folder, `.${FILE}.${randomUUID()}`);
  // It may hold tokens and secrets of the environment: for the engine's user only.
  await writeFile(temporary, JSON.stringify(record), { mode: 0o600 });
  await rename(temporary, join(folder, FILE));
}

/**
 * The record in a box's folder; null if there is none.
 * @throws whatever reading and parsing throw: such a box has a disk that somebody wants
 */
export async function loadRecord(folder: string): Promise<BoxRecord | null> {
  let text: string;
  try {
    text = await readFile(join(folder, FILE), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  return BoxRecord.parse(JSON.parse(text));
}
