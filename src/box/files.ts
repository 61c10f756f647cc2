import { bytesToBase64 } from "./base64.ts";
import type { BoxContext } from "./box-context.ts";
import type { CallOptions } from "./options.ts";
import { resolvePath, WORKSPACE } from "./paths.ts";
import type { FileEntry } from "./wire.ts";

/** What `files.read` takes. */
export interface ReadFileOptions extends CallOptions {
  /** `base64` for files that are not text. @default "utf8" */
  encoding?: "utf8" | "base64" | undefined;
}

/** What `files.write` takes. */
export interface WriteFileOptions extends CallOptions {
  /** Relative to `box.cwd`, or absolute. */
  path: string;
  /** Text (or base64, see `encoding`), or bytes. */
  content: string | Uint8Array;
  /** How `content` is written when it is a string. @default "utf8" */
  encoding?: "utf8" | "base64" | undefined;
}

/** Files in a box: `box.files`. Paths are relative to `box.cwd`, or absolute. */
export class Files {
  readonly #box: BoxContext;

  /** @internal */
  constructor(box: BoxContext) {
    this.#box = box;
  }

  /**
   * Reads a whole file.
   *
   * @throws BoxError `not_found` when there is none.
   * @example
   * const text = await box.files.read("package.json");
   * const image = Buffer.from(await box.files.read("a.png", { encoding: "base64" }), "base64");
   */
  async read(path: string, options: ReadFileOptions = {}): Promise<string> {
    const { value } = await this.#box.client.json("GET", `${this.#box.path}/files/read`, {
      query: {
        path: resolvePath(this.#box.cwd, path),
        encoding: options.encoding === "base64" ? "base64" : undefined,
      },
      signal: options.signal,
      requestTimeout: options.requestTimeout,
    });
    const { content } = value as { content?: unknown };
    return typeof content === "string" ? content : "";
  }

  /**
   * Writes a file, and the directories above it.
   *
   * @example
   * await box.files.write({ path: "hello.txt", content: "Hello!" });
   */
  async write(options: WriteFileOptions): Promise<void> {
    const { path, content, encoding, signal, requestTimeout } = options;
    const binary = typeof content !== "string";
    await this.#box.client.json("POST", `${this.#box.path}/files/write`, {
      body: {
        path: resolvePath(this.#box.cwd, path),
        content: binary ? bytesToBase64(content) : content,
        encoding: binary || encoding === "base64" ? "base64" : undefined,
      },
      signal,
      requestTimeout,
    });
  }

  /**
   * Lists a directory, without what is in its directories.
   *
   * @param path @default box.cwd
   * @example
   * for (const { name, is_dir, size } of await box.files.list("src")) console.log(name, size);
   */
  async list(path = ".", options: CallOptions = {}): Promise<FileEntry[]> {
    const folder = resolvePath(this.#box.cwd, path);
    const { value } = await this.#box.client.json("GET", `${this.#box.path}/files/list`, {
      ...options,
      query: { folder: folder === WORKSPACE ? undefined : folder },
    });
    const { files } = value as { files?: FileEntry[] | null };
    return files ?? [];
  }
}
