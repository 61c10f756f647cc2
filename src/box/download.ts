import type { BoxContext } from "./box-context.ts";
import { BoxError } from "./box-error.ts";
import { Deadline } from "./deadline.ts";
import { localFiles } from "./local-files.ts";
import type { CallOptions } from "./options.ts";
import { resolvePath, WORKSPACE } from "./paths.ts";
import type { FileEntry } from "./wire.ts";

/** Files that are fetched at once: small ones wait for the network, not for its width. */
const PARALLEL_FILES = 4;

/** What `files.download` takes. */
export interface DownloadOptions extends CallOptions {
  /** The directory in the box, relative to `box.cwd` or absolute. @default box.cwd */
  folder?: string | undefined;
  /** The same as `folder`. */
  path?: string | undefined;
  /**
   * Where it goes on this machine; made when it is not there.
   * @default a directory of the folder's name in the working directory; `workspace` for the box's own
   */
  destination?: string | undefined;
}

type List = (folder: string, options: CallOptions) => Promise<FileEntry[]>;

interface Download {
  /** In the box. */
  source: string;
  /** On this machine. */
  destination: string;
}

/** See `Files.download`. */
export async function download(
  box: BoxContext,
  options: DownloadOptions,
  list: List,
): Promise<void> {
  const { path } = await localFiles();
  const folder = resolvePath(box.cwd, options.folder ?? options.path ?? ".");
  const name = folder === WORKSPACE ? "workspace" : path.basename(folder) || "root";
  const files = walk(folder, path.resolve(options.destination ?? name), options, list);
  const workers = Array.from({ length: PARALLEL_FILES }, async () => {
    for await (const file of files) await fetchFile(box, file, options);
  });
  // All have stopped before this fails: nothing is written behind the caller's back.
  const results = await Promise.allSettled(workers);
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

/** Makes directories on its way. A link to a directory is not followed: it may lead in a circle. */
async function* walk(
  folder: string,
  destination: string,
  options: CallOptions,
  list: List,
): AsyncGenerator<Download> {
  const { fs, path } = await localFiles();
  const { signal, requestTimeout } = options;
  const entries = await list(folder, { signal, requestTimeout });
  await fs.mkdir(destination, { recursive: true }).catch((cause: Error) => {
    throw notWritten(destination, cause);
  });
  for (const entry of entries) {
    requireName(entry.name, path.sep);
    const target = path.join(destination, entry.name);
    if (!entry.is_dir) yield { source: entry.path, destination: target };
    else if (!entry.is_symlink) yield* walk(`${folder}/${entry.name}`, target, options, list);
  }
}

/** A program in the box may have named its files; none may be written outside of the destination. */
function requireName(name: unknown, separator: string): asserts name is string {
  const isText = typeof name === "string";
  const isName = isText && name !== "" && name !== "." && name !== ".." && !name.includes("\0");
  if (isName && !name.includes("/") && !name.includes(separator)) return;
  throw new BoxError(
    "protocol",
    `The box has a file named ${JSON.stringify(name)}, which this machine cannot have. Rename it.`,
  );
}

/** The whole file or none: what is cut off leaves nothing behind. */
async function fetchFile(
  { client, path }: BoxContext,
  { source, destination }: Download,
  options: CallOptions,
): Promise<void> {
  const { fs } = await localFiles();
  const deadline = new Deadline(options.requestTimeout, options.signal);
  const part = `${destination}.${crypto.randomUUID()}.part`;
  try {
    const query = { folder: source };
    const request = { query, headers: { accept: "application/octet-stream" } };
    const response = await client.open("GET", `${path}/files/download`, request, deadline);
    await fs.writeFile(part, response.body ?? new Uint8Array(), { flag: "wx" });
    await fs.rename(part, destination);
  } catch (error) {
    await fs.rm(part, { force: true });
    if (isFileError(error)) throw notWritten(destination, error);
    throw deadline.toError(error, `The download of ${source}`);
  } finally {
    deadline.release();
  }
}

function isFileError(error: unknown): error is Error {
  return error instanceof Error && "syscall" in error && "path" in error;
}

function notWritten(destination: string, cause: Error): BoxError {
  const text = `${destination} cannot be written (${cause.message}). Choose another destination.`;
  return new BoxError("invalid_argument", text, { cause });
}
