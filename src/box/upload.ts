import type { BoxContext } from "./box-context.ts";
import { localFiles, reading } from "./local-files.ts";
import type { CallOptions } from "./options.ts";
import { resolvePath } from "./paths.ts";

/** A request of `files.upload` has no more than this, unless it is one file. */
const REQUEST_BYTES = 32 * 1024 * 1024;
const REQUEST_FILES = 500;

/** What `files.upload` takes: a file or a directory of this machine, or content. */
export type UploadEntry = {
  /** Where it goes in the box: relative to `box.cwd`, or absolute. */
  destination: string;
} & (
  | {
      /** A file, or a directory with all that is below it, on this machine. */
      path: string;
      content?: undefined;
    }
  | { path?: undefined; content: string | Uint8Array | Blob }
);

interface Upload {
  destination: string;
  content: Blob;
}

/** See `Files.upload`. */
export async function upload(
  { client, path, cwd }: BoxContext,
  entries: readonly UploadEntry[],
  options: CallOptions,
): Promise<void> {
  const send = async (uploads: readonly Upload[]) => {
    const form = new FormData();
    for (const { destination, content } of uploads) {
      form.append("paths", resolvePath(cwd, destination));
      form.append("files", content, "file");
    }
    await client.json("POST", `${path}/files/upload`, { ...options, body: form });
  };
  let batch: Upload[] = [];
  let bytes = 0;
  for await (const next of uploadsOf(entries)) {
    const isFull = bytes + next.content.size > REQUEST_BYTES || batch.length === REQUEST_FILES;
    if (isFull && batch.length > 0) {
      await send(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(next);
    bytes += next.content.size;
  }
  if (batch.length > 0) await send(batch);
}

async function* uploadsOf(entries: readonly UploadEntry[]): AsyncGenerator<Upload> {
  for (const { destination, path, content } of entries) {
    if (content !== undefined) yield { destination, content: new Blob([content as Blob]) };
    else yield* localUploads(path, destination);
  }
}

/** Links are followed, as a copy would; what is neither a file nor a directory is left out. */
async function* localUploads(source: string, destination: string): AsyncGenerator<Upload> {
  const { fs, openAsBlob, path } = await localFiles();
  const stat = await reading(source, fs.stat(source));
  if (stat.isFile()) yield { destination, content: await reading(source, openAsBlob(source)) };
  if (!stat.isDirectory()) return;
  for (const name of (await reading(source, fs.readdir(source))).sort()) {
    yield* localUploads(path.join(source, name), `${destination.replace(/\/+$/, "")}/${name}`);
  }
}
