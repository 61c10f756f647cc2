import {
  type ExecExit,
  ExecFrameType,
  encodeExecFrame,
  encodeExecFrameHeader,
  FRAMES_MEDIA_TYPE,
  NDJSON_MEDIA_TYPE,
} from "../box/wire.ts";

/** One way to write an exec stream; each method returns the pieces to send, in order. */
export interface ExecStreamEncoding {
  contentType: string;
  /** Whether standard error has no channel of its own and is written into the output. */
  merge: boolean;
  chunk(stream: "stdout" | "stderr", data: Uint8Array): Uint8Array[];
  exit(exit: ExecExit): Uint8Array;
  error(message: string): Uint8Array;
  /** What may be sent into a silence; null where it would look like output. */
  keepAlive: Uint8Array | null;
}

const bytes = (text: string): Uint8Array => Buffer.from(text);
const json = (value: unknown): Uint8Array => bytes(JSON.stringify(value));
const line = (value: unknown): Uint8Array => bytes(`${JSON.stringify(value)}\n`);

const frames: ExecStreamEncoding = {
  contentType: FRAMES_MEDIA_TYPE,
  merge: false,
  chunk: (stream, data) => [
    encodeExecFrameHeader(
      stream === "stdout" ? ExecFrameType.Stdout : ExecFrameType.Stderr,
      data.length,
    ),
    data,
  ],
  exit: (exit) => encodeExecFrame(ExecFrameType.Exit, json(exit)),
  error: (error) => encodeExecFrame(ExecFrameType.Error, json({ error })),
  keepAlive: encodeExecFrame(ExecFrameType.KeepAlive, new Uint8Array(0)),
};

const lines: ExecStreamEncoding = {
  contentType: NDJSON_MEDIA_TYPE,
  merge: false,
  chunk: (type, data) => [line({ type, data: Buffer.from(data).toString("base64") })],
  exit: (exit) => line({ type: "exit", ...exit }),
  error: (error) => line({ type: "error", error }),
  keepAlive: bytes("\n"),
};

/**
 * The original's form. Each last frame is one piece: a client of 0.5.5 that gets its two lines in
 * separate reads loses the exit code (box-api §3.4, hazard 1).
 */
const text: ExecStreamEncoding = {
  contentType: "text/event-stream",
  merge: true,
  chunk: (_stream, data) => [data],
  exit: (exit) => bytes(`event: exit\ndata: ${JSON.stringify(exit)}\n\n`),
  error: (error) => bytes(`event: error\ndata: ${JSON.stringify({ error })}\n\n`),
  keepAlive: null,
};

/** Picks the form that the client asked for; the original's when it asked for none of ours. */
export function execStreamEncoding(accept: string | undefined): ExecStreamEncoding {
  if (accept?.includes(FRAMES_MEDIA_TYPE)) return frames;
  if (accept?.includes(NDJSON_MEDIA_TYPE)) return lines;
  return text;
}
