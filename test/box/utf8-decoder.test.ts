import fc from "fast-check";
import { expect, it } from "vitest";
import { Utf8Decoder } from "../../src/box/utf8-decoder.ts";
import { bytes, cutAt, cuts, cutsInTwo } from "./pieces.ts";

function decode(pieces: Uint8Array[]): string {
  const decoder = new Utf8Decoder();
  return pieces.map((piece) => decoder.push(piece)).join("") + decoder.end();
}

it("gives the same text wherever characters are cut", () => {
  for (const pieces of cutsInTwo(bytes("aß€𝄞\ufeff漢字"))) {
    expect(decode(pieces)).toBe("aß€𝄞\ufeff漢字");
  }
});

it("treats any bytes, broken ones too, as one decoding of the whole would", () => {
  const whole = new TextDecoder("utf-8", { ignoreBOM: true });
  const broken = fc.array(
    fc.constantFrom(0x41, 0x80, 0xbf, 0xc3, 0xe0, 0xe2, 0xed, 0xf0, 0xf5, 0xff),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        broken.map((list) => Uint8Array.from(list)),
        fc.uint8Array(),
      ),
      cuts,
      (input, at) => {
        expect(decode(cutAt(input, at))).toBe(whole.decode(input));
      },
    ),
    { numRuns: 2000 },
  );
});

it("hands out what is complete at once", () => {
  const decoder = new Utf8Decoder();
  expect(decoder.push(bytes("done"))).toBe("done");
  expect(decoder.push(bytes("€").slice(0, 2))).toBe("");
  expect(decoder.push(bytes("€!").slice(2))).toBe("€!");
});
