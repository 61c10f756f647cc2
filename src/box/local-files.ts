import { BoxError } from "./box-error.ts";

/** Loaded when a file of this machine is wanted, and not before: the SDK runs where there are none. */
export async function localFiles() {
  try {
    const [fs, path] = await Promise.all([import("node:fs"), import("node:path")]);
    return { fs: fs.promises, openAsBlob: fs.openAsBlob, path };
  } catch (cause) {
    throw new BoxError(
      "invalid_argument",
      "This runtime has no files. Use files.read and files.write, or pass content instead of a path.",
      { cause },
    );
  }
}

/** @throws BoxError `invalid_argument` for what the system says of a path that was to be read */
export function reading<Value>(path: string, work: Promise<Value>): Promise<Value> {
  return work.catch((cause: Error) => {
    throw new BoxError(
      "invalid_argument",
      `${path} cannot be read (${cause.message}). Correct the path.`,
      { cause },
    );
  });
}
