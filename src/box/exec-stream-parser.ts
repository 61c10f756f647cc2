import { BoxError } from "./box-error.ts";
import type { ExecChunk } from "./exec-chunk.ts";
import { ExecChunkDecoder } from "./exec-chunk-decoder.ts";
import type { ExecEvent, ExecEventParser } from "./exec-event.ts";
import { ExecFramesParser } from "./exec-frames-parser.ts";
import { ExecLinesParser } from "./exec-lines-parser.ts";
import { ExecTextParser } from "./exec-text-parser.ts";
import { FRAMES_MEDIA_TYPE, NDJSON_MEDIA_TYPE } from "./protocol.ts";
import type { ChunkParser } from "./stream-run.ts";

/** What the SDK asks for: the best format first, the original's last. */
export const EXEC_STREAM_ACCEPT = `${FRAMES_MEDIA_TYPE}, ${NDJSON_MEDIA_TYPE};q=0.8, text/plain;q=0.5, */*;q=0.1`;

/** Reads an exec stream, in the format that the service has chosen, as text or as bytes. */
export class ExecStreamParser<Data extends string | Uint8Array>
  implements ChunkParser<ExecChunk<Data>>
{
  readonly #events: ExecEventParser;
  readonly #decoder: ExecChunkDecoder<Data>;

  constructor(contentType: string | null, encoding: "utf8" | "bytes") {
    this.#events = eventParser(contentType);
    this.#decoder = new ExecChunkDecoder(encoding);
  }

  push(piece: Uint8Array): (ExecChunk<Data> | BoxError)[] {
    return this.#events.push(piece).flatMap((event) => this.#toChunks(event));
  }

  end(): (ExecChunk<Data> | BoxError)[] {
    return this.#events.end().flatMap((event) => this.#toChunks(event));
  }

  #toChunks(event: ExecEvent | BoxError): (ExecChunk<Data> | BoxError)[] {
    return BoxError.isInstance(event) ? [...this.#decoder.end(), event] : this.#decoder.push(event);
  }
}

function eventParser(contentType: string | null): ExecEventParser {
  const type = contentType?.split(";")[0]?.trim().toLowerCase();
  if (type === FRAMES_MEDIA_TYPE) return new ExecFramesParser();
  if (type === NDJSON_MEDIA_TYPE) return new ExecLinesParser();
  return new ExecTextParser();
}
