import type { Context } from "hono";
import type { z } from "zod";
import {
  AgentRunInBackgroundRequest,
  MAX_PROMPT_FILE_BYTES,
  MAX_PROMPT_FILES,
} from "../../box/wire.ts";
import { EngineError } from "../engine-error.ts";
import { decodeBase64 } from "../files/decode-base64.ts";
import type { AgentRequest, PromptAttachment } from "../harness/harness.ts";
import { isForm, readForm } from "./read-form.ts";
import { check, readBody } from "./read-request.ts";

/** Fields of the form that are objects, as JSON. */
const OBJECTS = ["json_schema", "agent_options", "webhook"];

/** What an agent is asked, and where the end of its run is told. */
export type PromptRequest = AgentRequest &
  Pick<z.infer<typeof AgentRunInBackgroundRequest>, "webhook">;

/**
 * Reads a prompt and its files, from JSON or from a form.
 * @throws EngineError 400 naming the field, 413 for files that are too large
 */
export async function readPrompt(context: Context): Promise<PromptRequest> {
  if (isForm(context)) return readPromptForm(context);
  const { files = [], ...request } = await readBody(context, AgentRunInBackgroundRequest);
  const attachments = files.map(({ filename, data }, index) =>
    attachment(index, filename, decodeBase64(data, `files.${index}.data`)),
  );
  return { ...request, files: attachments };
}

async function readPromptForm(context: Context): Promise<PromptRequest> {
  const fields: Record<string, unknown> = {};
  const files: PromptAttachment[] = [];
  await readForm(context, {
    onField(name, value) {
      fields[name] = OBJECTS.includes(name) ? parseObject(name, value) : value;
    },
    onFile: (name, filename) => async (content) => {
      if (name !== "files") return;
      if (files.length === MAX_PROMPT_FILES) {
        throw new EngineError(400, "invalid_request", `files: send at most ${MAX_PROMPT_FILES}.`);
      }
      files.push(attachment(files.length, filename, await collect(files.length, content)));
    },
  });
  const { files: _, ...request } = check(AgentRunInBackgroundRequest, fields);
  return { ...request, files };
}

function parseObject(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = `${name}: is not JSON; send an object as JSON.`;
    throw new EngineError(400, "invalid_request", message, { cause });
  }
}

/** Reads on when it is too large, but keeps nothing more of it. */
async function collect(index: number, content: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of content) {
    size += chunk.length;
    if (size > MAX_PROMPT_FILE_BYTES) throw tooLarge(index);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The name is all that is kept of a path: where the file goes is the engine's to say. */
function attachment(index: number, filename: string, content: Uint8Array): PromptAttachment {
  if (content.length > MAX_PROMPT_FILE_BYTES) throw tooLarge(index);
  const name = filename.split(/[/\\]/).at(-1) ?? "";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused.
  if (/^\.{0,2}$|[\u0000-\u001f\u007f]/.test(name) || Buffer.byteLength(name) > 255) {
    const message = `files.${index}.filename: ${JSON.stringify(filename)} is no file's name.`;
    throw new EngineError(400, "invalid_request", message);
  }
  return { name, content };
}

function tooLarge(index: number): EngineError {
  const message = `files.${index}: more than ${MAX_PROMPT_FILE_BYTES} bytes; upload it to the box and name it in the prompt.`;
  return new EngineError(413, "file_too_large", message);
}
