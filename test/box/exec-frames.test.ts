import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  EXEC_FRAME_HEADER_BYTES,
  type ExecFrame,
  ExecFrameDecoder,
  ExecFrameType,
  encodeExecFrame,
  encodeExecFrameHeader,
  MAX_EXEC_FRAME_PAYLOAD_BYTES,
} from "../../src/box/wire.ts";
import { bytes, cutAt, cuts } from "./pieces.ts";

const frame = fc.record({
  type: fc.constantFrom(0, 1, 2, 3, 4) as fc.Arbitrary<ExecFrameType>,
  payload: fc.uint8Array({ maxLength: 300 }),
});

/** Output may come in parts. */
function joined(frames: readonly ExecFrame[]): ExecFrame[] {
  const whole: ExecFrame[] = [];
  for (const { type, payload } of frames) {
    const last = whole.at(-1);
    const isOutput = type === ExecFrameType.Stdout || type === ExecFrameType.Stderr;
    if (last?.type !== type || !isOutput) whole.push({ type, payload });
    else last.payload = new Uint8Array(Buffer.concat([last.payload, payload]));
  }
  return whole;
}

describe("ExecFrameDecoder", () => {
  it("finds the frames that were encoded, however the stream is cut", () => {
    fc.assert(
      fc.property(fc.array(frame), cuts, (frames, at) => {
        const stream = Buffer.concat(frames.map((f) => encodeExecFrame(f.type, f.payload)));
        const decoder = new ExecFrameDecoder();
        const decoded = cutAt(new Uint8Array(stream), at).flatMap((piece) => decoder.push(piece));
        expect(joined(decoded)).toEqual(joined(frames));
        expect(decoder.idle).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("hands output out before its frame is whole, and nothing else", () => {
    const decoder = new ExecFrameDecoder();
    const output = encodeExecFrame(ExecFrameType.Stdout, bytes("hello"));
    expect(decoder.push(output.slice(0, 7))).toEqual([{ type: 1, payload: bytes("he") }]);
    expect(decoder.push(output.slice(7))).toEqual([{ type: 1, payload: bytes("llo") }]);
    const exit = encodeExecFrame(ExecFrameType.Exit, bytes("{}"));
    expect(decoder.push(exit.slice(0, 6))).toEqual([]);
    expect(decoder.push(exit.slice(6))).toEqual([{ type: 3, payload: bytes("{}") }]);
  });

  it("is not idle within a frame", () => {
    const decoder = new ExecFrameDecoder();
    decoder.push(encodeExecFrame(ExecFrameType.Stdout, bytes("hello")).slice(0, 7));
    expect(decoder.idle).toBe(false);
  });

  it("refuses a length that no honest peer sends before it reserves the memory", () => {
    expect(() => new ExecFrameDecoder().push(Uint8Array.of(1, 0xff, 0xff, 0xff, 0xff))).toThrow(
      RangeError,
    );
  });

  it("takes the longest frame there is", () => {
    const payload = new Uint8Array(MAX_EXEC_FRAME_PAYLOAD_BYTES).fill(7);
    const [decoded] = new ExecFrameDecoder().push(encodeExecFrame(ExecFrameType.Stdout, payload));
    expect(decoded?.payload.length).toBe(payload.length);
  });
});

describe("encodeExecFrame", () => {
  it("writes type and length in front", () => {
    expect([...encodeExecFrame(ExecFrameType.Stderr, bytes("ab"))]).toEqual([
      2, 0, 0, 0, 2, 97, 98,
    ]);
    expect(encodeExecFrameHeader(ExecFrameType.KeepAlive, 0).length).toBe(EXEC_FRAME_HEADER_BYTES);
  });

  it("refuses a payload that the reader would refuse", () => {
    const length = MAX_EXEC_FRAME_PAYLOAD_BYTES + 1;
    expect(() => encodeExecFrameHeader(ExecFrameType.Stdout, length)).toThrow("send several");
  });
});
