import { MAX_RANGE_BYTES } from "../../box/wire.ts";
import { type BoxdConnection, BoxdError } from "../boxd/index.ts";
import { EngineError } from "../engine-error.ts";
import { boxPath } from "../paths.ts";
import { fileWork } from "./file-work.ts";

/** A file is answered whole, in one JSON string; larger ones go by download, in pieces. */
const READ_LIMIT_BYTES = 128 * 1024 * 1024;

/** What is asked for of a file. */
export interface ReadRange {
  path: string;
  encoding?: string | undefined;
  /** Bytes, not characters. @default 0 */
  offset?: number | undefined;
  /** At most {@link MAX_RANGE_BYTES}. @default to the end */
  length?: number | undefined;
}

/**
 * Reads a file, or the part of it that is there, as text or base64.
 * @throws EngineError 404, 403, 400; 413 for more than one answer holds
 */
export async function readContent(
  { files }: BoxdConnection,
  { path, encoding, offset, length }: ReadRange,
): Promise<string> {
  if (length !== undefined && length > MAX_RANGE_BYTES) {
    throw new EngineError(
      400,
      "invalid_request",
      `length: more than ${MAX_RANGE_BYTES} bytes; read in several parts, or download the file.`,
    );
  }
  const range = {
    ...(offset === undefined ? {} : { offset }),
    ...(length === undefined ? {} : { length }),
  };
  const options = { ...range, limitBytes: READ_LIMIT_BYTES };
  const content = await fileWork(path, () => files.readFile(boxPath(path), options)).catch(
    (error) => {
      throw tooLarge(error, path);
    },
  );
  return content.toString(encoding === "base64" ? "base64" : "utf8");
}

function tooLarge(error: unknown, path: string): unknown {
  if (!(error instanceof BoxdError) || error.code !== "OUTPUT_LIMIT") return error;
  return new EngineError(
    413,
    "file_too_large",
    `${path}: larger than ${READ_LIMIT_BYTES} bytes; download it, or read it with offset and length.`,
    { cause: error },
  );
}
