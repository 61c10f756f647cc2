import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ExecStreamParser } from "../../src/box/exec-stream-parser.ts";
import { BoxError, type ExecChunk } from "../../src/box/index.ts";
import {
  ExecFrameType,
  encodeExecFrame,
  FRAMES_MEDIA_TYPE,
  NDJSON_MEDIA_TYPE,
} from "../../src/box/wire.ts";
import { bytes, cutAt, cuts, cutsInTwo } from "./pieces.ts";

interface Outcome {
  stdout: string;
  stderr: string;
  exit: { exitCode: number; cpuNs?: number | undefined } | undefined;
  error: string | undefined;
  /** Whether anything came after the end. */
  late: boolean;
}

function parse(contentType: string, pieces: Uint8Array[]): Outcome {
  const parser = new ExecStreamParser<string>(contentType, "utf8");
  const outcome: Outcome = {
    stdout: "",
    stderr: "",
    exit: undefined,
    error: undefined,
    late: false,
  };
  const items = [...pieces.flatMap((piece) => parser.push(piece)), ...parser.end()];
  for (const item of items as (ExecChunk | BoxError)[]) {
    outcome.late ||= outcome.exit !== undefined || outcome.error !== undefined;
    if (BoxError.isInstance(item)) outcome.error = item.message;
    else if (item.type === "exit") outcome.exit = { exitCode: item.exitCode, cpuNs: item.cpuNs };
    else outcome[item.type] += item.data;
  }
  return outcome;
}

const TEXT = "text/plain; charset=utf-8";
const end = (exitCode: number) => `event: exit\ndata: {"exit_code":${exitCode},"cpu_ns":5}\n\n`;

describe("the original's text format", () => {
  it("never loses the exit code, wherever the stream is cut in two", () => {
    for (const pieces of cutsInTwo(bytes(`añb event: ex\n€${end(7)}`))) {
      expect(parse(TEXT, pieces)).toEqual({
        stdout: "añb event: ex\n€",
        stderr: "",
        exit: { exitCode: 7, cpuNs: 5 },
        error: undefined,
        late: false,
      });
    }
  });

  it("never loses it when every byte comes alone", () => {
    const pieces = [...bytes(`out${end(0)}`)].map((byte) => Uint8Array.of(byte));
    expect(parse(TEXT, pieces).exit).toEqual({ exitCode: 0, cpuNs: 5 });
  });

  it.each([
    ["a whole frame", end(0)],
    ["an error frame", 'event: error\ndata: {"error":"no"}\n\n'],
    ["two frames", end(0) + end(1)],
    ["the mark alone", "event: exit\n"],
    ["the mark's beginning", "event: "],
    ["marks within marks", "eventevent: event: exit\nevent: exit\ndata: "],
    ["a frame with carriage returns", 'event: exit\r\ndata: {"exit_code":0}\r\n\r\n'],
  ])("takes %s that the program prints for output", (_, printed) => {
    for (const pieces of cutsInTwo(bytes(printed + end(3)))) {
      const outcome = parse(TEXT, pieces);
      expect(outcome.stdout).toBe(printed);
      expect(outcome.exit?.exitCode).toBe(3);
    }
  });

  it("finds the end behind any output, however it is cut", () => {
    const part = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom("event: ", "event: exit\n", 'data: {"exit_code":1}', "\n\n", "e", end(9)),
    );
    fc.assert(
      fc.property(fc.array(part), cuts, fc.nat(255), (parts, at, exitCode) => {
        const printed = parts.join("");
        const outcome = parse(TEXT, cutAt(bytes(printed + end(exitCode)), at));
        expect(outcome.stdout).toBe(printed);
        expect(outcome.exit?.exitCode).toBe(exitCode);
      }),
      { numRuns: 1000 },
    );
  });

  it("says what the service says", () => {
    for (const pieces of cutsInTwo(bytes('event: error\ndata: {"error":"no \u2028 room"}\n\n'))) {
      expect(parse(TEXT, pieces).error).toContain("no \u2028 room");
    }
  });

  it("has no exit when the stream breaks off, and keeps what came", () => {
    const whole = bytes(`out${end(0)}`);
    // The last two newlines may be missing: the frame is complete without them.
    for (let length = 0; length < whole.length - 2; length++) {
      const outcome = parse(TEXT, [whole.slice(0, length)]);
      expect(outcome.exit).toBeUndefined();
      expect(outcome.stdout).toBe(new TextDecoder().decode(whole.slice(0, length)));
    }
  });

  it("stays fast on output made of marks, byte by byte", () => {
    const printed = "event: exit\ndata: {".repeat(500);
    const pieces = [...bytes(printed + end(0))].map((byte) => Uint8Array.of(byte));
    const started = performance.now();
    expect(parse(TEXT, pieces).stdout).toBe(printed);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

const framed = (type: ExecFrameType, text: string) => encodeExecFrame(type, bytes(text));

describe("frames", () => {
  const stream = new Uint8Array(
    Buffer.concat([
      framed(ExecFrameType.KeepAlive, ""),
      framed(ExecFrameType.Stdout, "a€"),
      framed(ExecFrameType.Stderr, "problem"),
      encodeExecFrame(77 as ExecFrameType, bytes("of the future")),
      framed(ExecFrameType.Stdout, end(0)),
      framed(ExecFrameType.Exit, '{"exit_code":2,"cpu_ns":9}'),
    ]),
  );

  it("keeps both outputs apart and cannot be ended by the program", () => {
    for (const pieces of cutsInTwo(stream)) {
      expect(parse(FRAMES_MEDIA_TYPE, pieces)).toEqual({
        stdout: `a€${end(0)}`,
        stderr: "problem",
        exit: { exitCode: 2, cpuNs: 9 },
        error: undefined,
        late: false,
      });
    }
  });

  it("puts a character together that two frames share, each output by itself", () => {
    const [first, second] = [bytes("€").slice(0, 1), bytes("€").slice(1)];
    const pieces = [
      encodeExecFrame(ExecFrameType.Stdout, first),
      encodeExecFrame(ExecFrameType.Stderr, bytes("x")),
      encodeExecFrame(ExecFrameType.Stdout, second),
      framed(ExecFrameType.Exit, '{"exit_code":0}'),
    ];
    expect(parse(FRAMES_MEDIA_TYPE, pieces)).toMatchObject({ stdout: "€", stderr: "x" });
  });

  it("gives half a character at the end as a replacement, before the exit", () => {
    const half = encodeExecFrame(ExecFrameType.Stdout, bytes("€").slice(0, 2));
    const outcome = parse(FRAMES_MEDIA_TYPE, [half, framed(ExecFrameType.Exit, '{"exit_code":0}')]);
    expect(outcome).toMatchObject({ stdout: "\ufffd", late: false });
  });

  it.each([
    ["an exit without a code", framed(ExecFrameType.Exit, "{}")],
    ["an exit that is not JSON", framed(ExecFrameType.Exit, "nonsense")],
    ["a length that is too long", Uint8Array.of(1, 255, 255, 255, 255)],
  ])("fails on %s", (_, piece) => {
    const output = framed(ExecFrameType.Stdout, "before");
    expect(parse(FRAMES_MEDIA_TYPE, [output, piece])).toMatchObject({
      stdout: "before",
      exit: undefined,
      error: expect.stringContaining("malformed"),
    });
  });

  it("hands out bytes as they came when asked for bytes", () => {
    const parser = new ExecStreamParser<Uint8Array>(FRAMES_MEDIA_TYPE, "bytes");
    const payload = Uint8Array.of(0, 255, 128);
    expect(parser.push(encodeExecFrame(ExecFrameType.Stdout, payload))).toEqual([
      { type: "stdout", data: payload },
    ]);
  });
});

describe("lines of JSON", () => {
  const line = (value: object) => `${JSON.stringify(value)}\n`;
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const stream = bytes(
    line({ type: "stdout", data: base64("a€") }) +
      "\n" +
      line({ type: "stderr", data: base64("problem") }) +
      line({ type: "of the future" }) +
      line({ type: "exit", exit_code: 4, cpu_ns: 1 }),
  );

  it("is read wherever it is cut", () => {
    for (const pieces of cutsInTwo(stream)) {
      expect(parse(NDJSON_MEDIA_TYPE, pieces)).toEqual({
        stdout: "a€",
        stderr: "problem",
        exit: { exitCode: 4, cpuNs: 1 },
        error: undefined,
        late: false,
      });
    }
  });

  it("fails on a line that is not JSON, and on null", () => {
    expect(parse(NDJSON_MEDIA_TYPE, [bytes("oops\n")]).error).toContain("malformed");
    expect(parse(NDJSON_MEDIA_TYPE, [bytes("null\n")])).toMatchObject({ exit: undefined });
  });
});
