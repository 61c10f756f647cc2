import { z } from "zod";
import { Folder } from "./folder.ts";

/** `POST /{id}/exec` and `POST /{id}/exec-stream` */
export const ExecRequest = z.object({
  command: z
    .array(z.string())
    .min(1)
    .describe('The program and its arguments; for a shell: ["sh", "-c", "…"].'),
  folder: Folder,
});
export type ExecRequest = z.infer<typeof ExecRequest>;

/** `POST /{id}/code` and `POST /{id}/code-stream` */
export const CodeRequest = z.object({
  code: z.string(),
  language: z.enum(["js", "ts", "python"]),
  timeout: z
    .number()
    .int()
    .positive()
    .optional()
    .describe("Milliseconds; then the program is ended. Default: no limit."),
  folder: Folder,
});
export type CodeRequest = z.infer<typeof CodeRequest>;

export const ExecResponse = z.object({
  exit_code: z.number(),
  output: z.string().describe("Standard output."),
  error: z.string().optional().describe("Standard error."),
});
export type ExecResponse = z.infer<typeof ExecResponse>;

/** The last frame of an exec stream. */
export const ExecExit = z.object({ exit_code: z.number(), cpu_ns: z.number().optional() });
export type ExecExit = z.infer<typeof ExecExit>;

/**
 * One line of an exec stream asked for with `Accept: application/x-ndjson`, for readers without a
 * frame decoder; the SDK asks for frames (`exec-frames.ts`), which are three times as fast. The
 * original's stream carries its end in band, where a program can print it too (box-api §3.4,
 * hazard 3); these two cannot be forged. `data` is base64. A blank line is a keep-alive.
 */
export const ExecStreamLine = z.discriminatedUnion("type", [
  z.object({ type: z.literal("stdout"), data: z.string() }),
  z.object({ type: z.literal("stderr"), data: z.string() }),
  ExecExit.extend({ type: z.literal("exit") }),
  z.object({ type: z.literal("error"), error: z.string() }),
]);
export type ExecStreamLine = z.infer<typeof ExecStreamLine>;

/** What a client sends on the WebSocket `/{id}/exec-session`; `data` is base64. */
export const ExecSessionClientFrame = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("start"),
    argv: z
      .array(z.string())
      .min(1)
      .optional()
      .describe("The program and its arguments; or send cmd."),
    cmd: z.string().optional().describe("What bash -lc runs."),
    tty: z.boolean().optional(),
    cwd: z.string().optional(),
    rows: z.number().int().positive().max(0xffff).optional(),
    cols: z.number().int().positive().max(0xffff).optional(),
    env: z.array(z.string()).optional().describe("NAME=value each."),
  }),
  z.object({ type: z.literal("stdin"), data: z.string() }),
  z.object({ type: z.literal("stdin_close") }),
  z.object({
    type: z.literal("resize"),
    rows: z.number().int().positive().max(0xffff),
    cols: z.number().int().positive().max(0xffff),
  }),
  z.object({ type: z.literal("signal"), signal: z.string() }),
  /** SIGTERM, and SIGKILL after `graceMs`. */
  z.object({ type: z.literal("terminate"), graceMs: z.number().int().nonnegative().optional() }),
]);
export type ExecSessionClientFrame = z.infer<typeof ExecSessionClientFrame>;

/** What the server sends on the WebSocket `/{id}/exec-session`; `data` is base64. */
export const ExecSessionServerFrame = z.discriminatedUnion("type", [
  z.object({ type: z.literal("started"), pid: z.number(), execId: z.string() }),
  z.object({ type: z.literal("stdout"), data: z.string() }),
  z.object({ type: z.literal("stderr"), data: z.string() }),
  z.object({ type: z.literal("exit"), code: z.number() }),
  z.object({ type: z.literal("error"), message: z.string() }),
]);
export type ExecSessionServerFrame = z.infer<typeof ExecSessionServerFrame>;
