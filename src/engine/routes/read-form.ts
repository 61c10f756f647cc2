import { Readable } from "node:stream";
import type { ReadableStream as WebStream } from "node:stream/web";
import { Busboy, type BusboyHeaders } from "@fastify/busboy";
import type { Context } from "hono";
import { EngineError } from "../engine-error.ts";

/** A path, a prompt, options: what is not a file. */
const FIELD_LIMIT_BYTES = 16 * 1024 * 1024;
/** Parts of one form; an upload has two for each file. */
const PARTS_LIMIT = 20_000;

/** Takes the parts of a form in the order in which they come. */
export interface FormReader {
  onField(name: string, value: string): void;
  /**
   * Called for each file at its place among the fields; returns the work on its content. It is done
   * one file after the other.
   */
  onFile(name: string, filename: string): (content: AsyncIterable<Buffer>) => Promise<void>;
}

/** Whether the body is a form with files. */
export function isForm(context: Context): boolean {
  return /^multipart\/form-data/i.test(context.req.header("content-type") ?? "");
}

/**
 * Reads a multipart body while it comes; no file is held in memory. The first failure, of a part or of
 * the form, is thrown once the rest was read and dropped: a client that still sends hears no answer.
 * @throws EngineError 400 for what is no whole form, 413 for a field that is too large
 */
export async function readForm(context: Context, reader: FormReader): Promise<void> {
  if (!isForm(context)) throw malformed("send multipart/form-data");
  let failure: { error: unknown } | undefined;
  const attempt = (work: () => void) => {
    if (failure !== undefined) return;
    try {
      work();
    } catch (error) {
      failure = { error };
    }
  };
  let files = Promise.resolve();
  const form = open(context);
  form.on("field", (name, value, _nameTruncated, truncated) =>
    attempt(() => {
      if (truncated) throw tooLarge(name);
      reader.onField(name, value);
    }),
  );
  form.on("file", (name, stream, filename = "") => {
    let work: ReturnType<FormReader["onFile"]> | undefined;
    attempt(() => {
      work = reader.onFile(name, filename);
    });
    files = files.then(async () => {
      try {
        // Not destroyed by a reader that stops early: the form would wait for it for ever.
        const content = stream.iterator({ destroyOnReturn: false });
        if (failure === undefined) await work?.(content);
      } catch (error) {
        failure ??= { error };
      } finally {
        drop(stream);
      }
    });
    // The form says it too.
    stream.on("error", () => undefined);
  });
  form.on("partsLimit", () =>
    attempt(() => {
      throw malformed(`send at most ${PARTS_LIMIT} parts`);
    }),
  );
  await new Promise<void>((resolve) => {
    form.once("finish", resolve);
    form.once("error", (error) => {
      attempt(() => {
        throw malformed("send all of it", error);
      });
      resolve();
    });
    const body = context.req.raw.body;
    if (body === null) form.end();
    else
      Readable.fromWeb(body as WebStream)
        .once("error", (error) => form.destroy(error as Error))
        .pipe(form);
  });
  await files;
  if (failure !== undefined) throw failure.error;
}

/**
 * Reads on to the end. A reader that failed may still wait for its next piece, and a stream that is
 * only resumed stops again when that reader leaves; one that has a listener goes on.
 */
function drop(stream: Readable): void {
  stream.on("data", () => undefined).resume();
}

function open(context: Context) {
  try {
    return new Busboy({
      headers: { "content-type": context.req.header("content-type") } as BusboyHeaders,
      preservePath: true,
      // Every part named `files` is one, also when its sender gave it no name.
      isPartAFile: (name, _type, filename) => name === "files" || filename !== undefined,
      limits: { fieldSize: FIELD_LIMIT_BYTES, parts: PARTS_LIMIT },
    });
  } catch (cause) {
    throw malformed("name its boundary in content-type", cause);
  }
}

function malformed(remedy: string, cause?: unknown): EngineError {
  const text = `The body is not a form that can be read; ${remedy}.`;
  return new EngineError(400, "invalid_form", text, { cause });
}

function tooLarge(field: string): EngineError {
  const text = `${field}: more than ${FIELD_LIMIT_BYTES} bytes; send it as a file.`;
  return new EngineError(413, "field_too_large", text);
}
