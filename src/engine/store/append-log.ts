import { appendFile, open, readFile, rename } from "node:fs/promises";
import type { z } from "zod";

/** How long entries wait for others to be written with them; what a crash of the engine may lose. */
const BATCH_MS = 20;
/** What one of the two files may hold. A log is always longer than this before anything is dropped. */
const FILE_LIMIT_BYTES = 2 * 1024 * 1024;

export interface AppendLogOptions {
  /** The log drops its oldest entries when it is about twice as long. @default 2 MiB */
  fileLimitBytes?: number;
  /** Told when entries cannot be written; they are lost then. @default nobody */
  onError?: (error: unknown) => void;
}

/** Which entries to read, counted from the oldest that is still there. */
export interface Range {
  /** @default 0 */
  offset?: number | undefined;
  /** @default all */
  limit?: number | undefined;
}

/**
 * Entries that are only ever added, one JSON line each, oldest first. The folder must exist. Two files
 * share the work: when the newer is full, it takes the place of the older.
 */
export class AppendLog<S extends z.ZodType> {
  readonly #path: string;
  readonly #schema: S;
  readonly #fileLimitBytes: number;
  readonly #onError: (error: unknown) => void;
  readonly #waiting = new Set<z.infer<S>>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  /** Of the newer file; undefined until it was looked at. */
  #bytes: number | undefined;
  #closed = false;

  constructor(path: string, schema: S, options: AppendLogOptions = {}) {
    this.#path = path;
    this.#schema = schema;
    this.#fileLimitBytes = options.fileLimitBytes ?? FILE_LIMIT_BYTES;
    this.#onError = options.onError ?? (() => {});
  }

  /**
   * Adds an entry; it is written a moment later, together with others. An object that is changed and
   * appended again before that moment is written once, as it is then.
   */
  append(entry: z.infer<S>): void {
    if (this.#closed) return;
    this.#waiting.add(entry);
    this.#timer ??= setTimeout(() => void this.flush(), BATCH_MS);
  }

  /** Resolves when all that was appended is in the file. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#write()).catch(this.#onError);
    return this.#writing;
  }

  async read({ offset = 0, limit = Number.POSITIVE_INFINITY }: Range = {}): Promise<z.infer<S>[]> {
    await this.flush();
    const lines = [...(await this.#lines(`${this.#path}.1`)), ...(await this.#lines(this.#path))];
    return lines.slice(offset, offset + limit).flatMap((line) => this.#parse(line));
  }

  /** Writes what is waiting, and takes nothing more. */
  async close(): Promise<void> {
    await this.flush();
    this.#closed = true;
    // What came while that was going on.
    await this.flush();
  }

  async #write(): Promise<void> {
    if (this.#waiting.size === 0) return;
    const text = [...this.#waiting].map((entry) => `${JSON.stringify(entry)}\n`).join("");
    this.#waiting.clear();
    const bytes = Buffer.byteLength(text);
    try {
      this.#bytes ??= await cutHalfLine(this.#path);
      if (this.#bytes > 0 && this.#bytes + bytes > this.#fileLimitBytes) {
        await rename(this.#path, `${this.#path}.1`);
        this.#bytes = 0;
      }
      await appendFile(this.#path, text, { mode: 0o600 });
      this.#bytes += bytes;
    } catch (error) {
      // A full disk leaves half of a line, too.
      this.#bytes = undefined;
      throw error;
    }
  }

  async #lines(path: string): Promise<string[]> {
    const lines = (await readText(path)).split("\n");
    // What follows the last line break: nothing, or a line that a crash has cut off.
    lines.pop();
    return lines;
  }

  #parse(line: string): z.infer<S>[] {
    try {
      return [this.#schema.parse(JSON.parse(line))];
    } catch {
      // Somebody else has written into it; all other lines are still good.
      return [];
    }
  }
}

/**
 * Makes the file end with a whole line, so that the next one is not glued to half of one.
 * @returns its size in bytes, 0 when it is not there
 */
async function cutHalfLine(path: string): Promise<number> {
  const text = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return Buffer.alloc(0);
    throw error;
  });
  const end = text.lastIndexOf("\n") + 1;
  if (end === text.length) return end;
  await using file = await open(path, "r+");
  await file.truncate(end);
  return end;
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
