import type { BoxError } from "./box-error.ts";
import {
  type ExecEvent,
  type ExecEventParser,
  malformedExecStream,
  toExecError,
  toExitEvent,
} from "./exec-event.ts";
import { type ExecFrame, ExecFrameDecoder, ExecFrameType } from "./exec-frames.ts";

/** Reads an exec stream of binary frames. */
export class ExecFramesParser implements ExecEventParser {
  readonly #decoder = new ExecFrameDecoder();

  push(piece: Uint8Array): (ExecEvent | BoxError)[] {
    try {
      return this.#decoder.push(piece).flatMap(toEvent);
    } catch (error) {
      return [malformedExecStream(error)];
    }
  }

  end(): (ExecEvent | BoxError)[] {
    return [];
  }
}

function toEvent({ type, payload }: ExecFrame): ExecEvent | BoxError | [] {
  switch (type) {
    case ExecFrameType.Stdout:
      return { type: "stdout", bytes: payload };
    case ExecFrameType.Stderr:
      return { type: "stderr", bytes: payload };
    case ExecFrameType.Exit: {
      const value = parseJson(payload);
      return toExitEvent(value) ?? malformedExecStream(value);
    }
    case ExecFrameType.Error:
      return toExecError(parseJson(payload));
    default:
      return [];
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
