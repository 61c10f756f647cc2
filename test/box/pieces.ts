import fc from "fast-check";

/** The same bytes, cut in two at every place. */
export function* cutsInTwo(bytes: Uint8Array): Generator<Uint8Array[]> {
  for (let at = 0; at <= bytes.length; at++) yield [bytes.slice(0, at), bytes.slice(at)];
}

/** Cuts bytes at these places, whatever they are. */
export function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const cuts = places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b);
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    pieces.push(bytes.slice(from, to));
    from = to;
  }
  return pieces;
}

/** Places to cut at. */
export const cuts = fc.array(fc.nat(100_000), { maxLength: 40 });

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
