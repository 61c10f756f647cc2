import { bytesToBase64 } from "./base64.ts";
import type { BoxContext } from "./box-context.ts";
import { type DownloadOptions, download } from "./download.ts";
import type { CallOptions } from "./options.ts";
import { resolvePath, WORKSPACE } from "./paths.ts";
import { readList } from "./read-list.ts";
import { readRecord } from "./read-record.ts";
import { type UploadEntry, upload } from "./upload.ts";
import type { FileEntry, FileStat } from "./wire.ts";

/** What `files.read` takes. */
export interface ReadFileOptions extends CallOptions {
  /** `base64` for files that are not text. @default "utf8" */
  encoding?: "utf8" | "base64" | undefined;
  /** The first byte to read. @default 0 */
  offset?: number | undefined;
  /** Bytes to read, at most 8 MiB. @default all */
  length?: number | undefined;
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
   * Reads a file, or a part of it.
   *
   * @throws BoxError `not_found` when there is none.
   * @example
   * const text = await box.files.read("package.json");
   * const image = Buffer.from(await box.files.read("a.png", { encoding: "base64" }), "base64");
   */
  async read(path: string, options: ReadFileOptions = {}): Promise<string> {
    const { value } = await this.#box.client.json("GET", `${this.#box.path}/files/read`, {
      query: {
        path: this.#path(path),
        encoding: options.encoding === "base64" ? "base64" : undefined,
        offset: options.offset?.toString(),
        length: options.length?.toString(),
      },
      signal: options.signal,
      requestTimeout: options.requestTimeout,
    });
    const { content } = { ...(value as { content?: unknown }) };
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
        path: this.#path(path),
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
    return readList(value, "files");
  }

  /**
   * Copies files of this machine into the box, directories with all that is below them.
   *
   * @example
   * await box.files.upload([{ path: "./data.csv", destination: "data.csv" }]);
   */
  upload(entries: readonly UploadEntry[], options: CallOptions = {}): Promise<void> {
    return upload(this.#box, entries, options);
  }

  /**
   * Copies a directory of the box, with all that is below it, to this machine. A file that is there is
   * replaced; a link to a directory is left out.
   *
   * @example
   * await box.files.download({ folder: "dist" }); // to ./dist
   */
  download(options: DownloadOptions = {}): Promise<void> {
    return download(this.#box, options, (folder, limits) => this.list(folder, limits));
  }

  /**
   * What is at a path.
   *
   * @param options `follow: false` looks at a link itself. @default follow true
   * @throws BoxError `not_found` when there is nothing.
   */
  async stat(
    path: string,
    options: CallOptions & { follow?: boolean | undefined } = {},
  ): Promise<FileStat> {
    const { follow = true, ...limits } = options;
    const query = { path: this.#path(path), follow: String(follow) };
    const { value } = await this.#box.client.json("GET", `${this.#box.path}/files/stat`, {
      ...limits,
      query,
    });
    return readRecord<FileStat>(value, "type");
  }

  /**
   * Makes a directory.
   *
   * @param options `parents: true` makes those above it too, and is content with one that is there.
   */
  mkdir(
    path: string,
    options: CallOptions & { parents?: boolean | undefined } = {},
  ): Promise<void> {
    const { parents, ...limits } = options;
    return this.#change("mkdir", { path: this.#path(path), parents }, limits);
  }

  /** Renames or moves a file or directory; a file at `to` is replaced. */
  rename(from: string, to: string, options: CallOptions = {}): Promise<void> {
    return this.#change("rename", { from: this.#path(from), to: this.#path(to) }, options);
  }

  /**
   * Removes a file, or an empty directory.
   *
   * @param options `recursive: true` removes a directory with all that is below it.
   */
  remove(
    path: string,
    options: CallOptions & { recursive?: boolean | undefined } = {},
  ): Promise<void> {
    const { recursive, ...limits } = options;
    return this.#change("remove", { path: this.#path(path), recursive }, limits);
  }

  async #change(route: string, body: object, options: CallOptions): Promise<void> {
    await this.#box.client.json("POST", `${this.#box.path}/files/${route}`, { ...options, body });
  }

  #path(path: string): string {
    return resolvePath(this.#box.cwd, path);
  }
}
