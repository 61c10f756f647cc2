import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { z } from "zod";

/**
 * A value kept in a file of JSON, for the engine's user alone: it may hold tokens. The folder must
 * exist.
 *
 * @example
 * const file = new JsonFile(join(folder, "box.json"), BoxRecord);
 * await file.replace(record);
 */
export class JsonFile<S extends z.ZodType> {
  readonly #path: string;
  /** One name for all: what a crash left there is written over by the next replacement. */
  readonly #temporary: string;
  readonly #schema: S;
  #waiting: z.infer<S> | undefined;
  #replacing: Promise<void> | undefined;

  constructor(path: string, schema: S) {
    this.#path = path;
    this.#temporary = join(dirname(path), `.${basename(path)}.new`);
    this.#schema = schema;
  }

  /**
   * The value; null if there is none. Removes what a replacement that was cut off has left.
   * @throws whatever reading, parsing and the schema throw
   */
  async read(): Promise<z.infer<S> | null> {
    await this.settle();
    await rm(this.#temporary, { force: true });
    let text: string;
    try {
      text = await readFile(this.#path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    }
    return this.#schema.parse(JSON.parse(text));
  }

  /**
   * Replaces the value in one step, so that a crash leaves the old or the new one. Replacements that
   * are asked for while one is on its way are made by one write, of the newest.
   */
  replace(value: z.infer<S>): Promise<void> {
    if (this.#waiting !== undefined && this.#replacing !== undefined) {
      this.#waiting = value;
      return this.#replacing;
    }
    this.#waiting = value;
    const before = this.#replacing;
    const replacing = this.#write(before).finally(() => {
      if (this.#replacing === replacing) this.#replacing = undefined;
    });
    this.#replacing = replacing;
    return replacing;
  }

  /** Resolves when the replacements that were asked for are over; whoever asked knows how they ended. */
  async settle(): Promise<void> {
    await this.#replacing?.catch(() => undefined);
  }

  /** Removes the value. */
  async remove(): Promise<void> {
    await this.settle();
    await rm(this.#path, { force: true });
  }

  async #write(before: Promise<void> | undefined): Promise<void> {
    await before?.catch(() => undefined);
    const text = JSON.stringify(this.#waiting);
    this.#waiting = undefined;
    try {
      await writeFile(this.#temporary, text, { mode: 0o600 });
      await rename(this.#temporary, this.#path);
    } catch (error) {
      // A full disk shall not keep half of it.
      await rm(this.#temporary, { force: true });
      throw error;
    }
  }
}
