import type { ZodObject, ZodType } from "zod";

/** One thing that the API does. Its schemas are exports of `box/wire.ts`, which name them. */
export interface Operation {
  /** Unique; also the anchor on the reference page. */
  id: string;
  method: "get" | "post" | "put" | "patch" | "delete";
  /** From the root, with `{parameters}` that `path-parameters.ts` describes. */
  path: string;
  /** A few words, as a command: "Pause a box". */
  summary: string;
  /** Plain sentences; `code` stands between backticks. */
  description?: string;
  /** Needs no API key. */
  isOpen?: true;
  /** Starts a run: takes an id for it in `X-Box-Run-Id`. */
  isRun?: true;
  /** Answers with the run's id in `X-Box-Run-Id`, before the run has ended. */
  tellsRun?: true;
  query?: ZodObject;
  /** A JSON body. */
  body?: ZodType;
  /** A `multipart/form-data` body; beside `body` the client may choose. */
  form?: ZodType;
  answer: Answer;
  /** Statuses that this operation refuses with beyond what its parameters and body say, and why. */
  refusals?: Record<number, string>;
  /** A WebSocket's frames; the answer is the change of protocol. */
  socket?: { client: ZodType; server: ZodType };
  example?: Example;
}

/** What comes back when all is well, in each form that a client can ask for. */
export interface Answer {
  /** @default 200 */
  status?: number;
  description: string;
  content: Record<string, Content>;
}

/** One form of an answer, by its media type. */
export interface Content {
  /** Of the whole, or of each line where lines are what comes. Without it: bytes or text. */
  schema?: ZodType;
  /** What each server-sent event carries, by name. */
  events?: Record<string, ZodType>;
  description?: string;
  /** Bytes, not text. */
  isBinary?: true;
}

/** A request as the reference shows it; path parameters have examples of their own. */
export interface Example {
  query?: Record<string, string>;
  body?: unknown;
  /** Fields of a form in their order; `@name` is a file. */
  form?: Array<[name: string, value: string]>;
  /** The answer's form to ask for, where there are several. */
  accept?: string;
}

/** Operations that stand together. */
export interface OperationGroup {
  name: string;
  description: string;
  operations: Operation[];
}
