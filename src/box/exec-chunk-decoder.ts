import type { ExecChunk } from "./exec-chunk.ts";
import type { ExecEvent } from "./exec-event.ts";
import { Utf8Decoder } from "./utf8-decoder.ts";

/** Makes chunks of what a command prints: text, whose characters stay whole, or bytes. */
export class ExecChunkDecoder<Data extends string | Uint8Array> {
  readonly #decoders: { stdout: Utf8Decoder; stderr: Utf8Decoder } | undefined;

  constructor(encoding: "utf8" | "bytes") {
    if (encoding === "utf8") {
      this.#decoders = { stdout: new Utf8Decoder(), stderr: new Utf8Decoder() };
    }
  }

  push(event: ExecEvent): ExecChunk<Data>[] {
    if (event.type === "exit") return [...this.end(), event];
    const data = this.#decoders ? this.#decoders[event.type].push(event.bytes) : event.bytes;
    return data.length > 0 ? [{ type: event.type, data: data as Data }] : [];
  }

  /** Half a character that the program left at its end. */
  end(): ExecChunk<Data>[] {
    if (!this.#decoders) return [];
    const chunks: ExecChunk<Data>[] = [];
    for (const type of ["stdout", "stderr"] as const) {
      const data = this.#decoders[type].end();
      if (data !== "") chunks.push({ type, data: data as Data });
    }
    return chunks;
  }
}
