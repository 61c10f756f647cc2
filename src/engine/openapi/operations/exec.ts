import {
  CodeRequest,
  ExecRequest,
  ExecResponse,
  ExecSessionClientFrame,
  ExecSessionServerFrame,
  ExecStreamLine,
  FRAMES_MEDIA_TYPE,
  NDJSON_MEDIA_TYPE,
} from "../../../box/wire.ts";
import { jsonAnswer } from "../json-answer.ts";
import type { Answer, OperationGroup } from "../operation.ts";
import { BOX } from "./box-path.ts";

const STREAM: Answer = {
  description: "The output as it comes, then how the program ended. `Accept` chooses the form.",
  content: {
    "text/event-stream": {
      description:
        "The default, and what the original answers: the bare output, both channels in one, and after it one `event: exit` with `{exit_code, cpu_ns}` or `event: error` with `{error}`. A program can print such an end too; the other forms tell them apart.",
    },
    [NDJSON_MEDIA_TYPE]: {
      schema: ExecStreamLine,
      description: "One JSON value a line. An empty line says that the program still runs.",
    },
    [FRAMES_MEDIA_TYPE]: {
      isBinary: true,
      description:
        "The fastest. Each frame is its type in one byte, its length in four (big endian) and that many bytes: 0 says that the program still runs, 1 is standard output, 2 standard error; 3 with `{exit_code, cpu_ns}` or 4 with `{error}` is the last.",
    },
  },
};

const DETACHED = "A client that leaves does not end the program; cancel its run for that.";

export const execOperations: OperationGroup = {
  name: "Commands",
  description:
    "Programs are run as the user `boxuser` and get the variables of the box and of all boxes.",
  operations: [
    {
      id: "exec",
      method: "post",
      path: `${BOX}/exec`,
      summary: "Run a command",
      description: "However long it takes: no limit is set. A program that fails is no error here.",
      isRun: true,
      body: ExecRequest,
      answer: jsonAnswer(ExecResponse, "What it printed and how it ended."),
      example: { body: { command: ["sh", "-c", "npm ci && npm test"], folder: "site" } },
    },
    {
      id: "code",
      method: "post",
      path: `${BOX}/code`,
      summary: "Run JavaScript, TypeScript or Python",
      isRun: true,
      body: CodeRequest,
      answer: jsonAnswer(ExecResponse, "What it printed and how it ended."),
      example: { body: { language: "python", code: "print(6 * 7)", timeout: 10_000 } },
    },
    {
      id: "execStream",
      method: "post",
      path: `${BOX}/exec-stream`,
      summary: "Run a command and read along",
      description: DETACHED,
      isRun: true,
      tellsRun: true,
      body: ExecRequest,
      answer: STREAM,
      example: { body: { command: ["npm", "test"] }, accept: NDJSON_MEDIA_TYPE },
    },
    {
      id: "codeStream",
      method: "post",
      path: `${BOX}/code-stream`,
      summary: "Run code and read along",
      description: DETACHED,
      isRun: true,
      tellsRun: true,
      body: CodeRequest,
      answer: STREAM,
      example: { body: { language: "js", code: "console.log(6 * 7)" }, accept: NDJSON_MEDIA_TYPE },
    },
    {
      id: "execSession",
      method: "get",
      path: `${BOX}/exec-session`,
      summary: "Open a session",
      description:
        "A WebSocket for one program with its input, its signals and, when asked for, a terminal. The first frame is `start`; `exit` is the last. A client that leaves ends the program and all that it started.",
      isRun: true,
      socket: { client: ExecSessionClientFrame, server: ExecSessionServerFrame },
      answer: { status: 101, description: "The connection is a WebSocket now.", content: {} },
      refusals: { 426: "The request does not ask for a WebSocket." },
      example: { body: { type: "start", cmd: "python3", tty: true, rows: 24, cols: 80 } },
    },
  ],
};
