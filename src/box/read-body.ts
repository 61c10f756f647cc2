import { BoxError } from "./box-error.ts";

/**
 * Reads a whole body, counted after decompression, so that a peer cannot fill the memory.
 *
 * @throws BoxError `response_too_large`; else whatever the stream fails with.
 */
export async function readBody(response: Response, limit: number): Promise<Uint8Array> {
  if (!response.body) return new Uint8Array(0);
  const reader = response.body.getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > limit) {
      // The rejection of a cancel on a broken connection must not surface as an unhandled one.
      reader.cancel().catch(() => {});
      throw new BoxError(
        "response_too_large",
        `The answer is longer than ${limit} bytes. Stream it, or ask for less.`,
        { statusCode: response.status },
      );
    }
    pieces.push(value);
  }
  return concatenate(pieces, length);
}

function concatenate(pieces: Uint8Array[], length: number): Uint8Array {
  const [only] = pieces;
  if (only && pieces.length === 1) return only;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}
