import { agentSettings } from "./agent-settings.ts";
import type { BoxContext } from "./box-context.ts";
import { BoxError } from "./box-error.ts";
import type { HarnessOptions } from "./harness-options.ts";
import { localFiles, reading } from "./local-files.ts";
import { resolvePath, toFolder } from "./paths.ts";
import { type ResponseSchema, toJsonSchema } from "./response-schema.ts";

/** Limits of the service. */
const MAX_FILES = 10;
const MAX_FILE_BYTES = 10 * 1024 * 1024;

/** A file that goes with a prompt, as it is sent. */
export interface PromptFile {
  /** Base64. */
  data: string;
  /** Such as `image/png`. */
  mediaType: string;
  /** @default file-1, file-2 and so on */
  filename?: string | undefined;
}

/** Where the end of a run is told. */
export interface WebhookConfig {
  url: string;
  headers?: Record<string, string> | undefined;
}

/** What the agent is asked. */
export interface AgentRequest {
  prompt: string;
  folder?: string | undefined;
  responseSchema?: ResponseSchema<unknown> | undefined;
  options?: HarnessOptions | undefined;
  files?: readonly string[] | readonly PromptFile[] | undefined;
  webhook?: WebhookConfig | undefined;
}

/**
 * The body of a run: JSON; a form where files of this machine go with it.
 *
 * @throws BoxError `invalid_argument`
 */
export async function agentRequestBody(
  { cwd, harness }: BoxContext,
  { prompt, folder, responseSchema, options, files = [], webhook }: AgentRequest,
): Promise<Record<string, unknown> | FormData> {
  if (files.length > MAX_FILES) {
    throw new BoxError(
      "invalid_argument",
      `Expected at most ${MAX_FILES} files, got ${files.length}. Upload the others and name them in the prompt.`,
    );
  }
  const fields = {
    prompt,
    folder: toFolder(resolvePath(cwd, folder ?? ".")),
    json_schema: responseSchema && (await toJsonSchema(responseSchema)),
    agent_options: agentSettings(harness, options),
    webhook,
  };
  const paths = files.filter((file) => typeof file === "string");
  if (paths.length === 0) return { ...fields, ...inlineFiles(files as readonly PromptFile[]) };
  if (paths.length < files.length) {
    throw new BoxError(
      "invalid_argument",
      "Expected files to be paths or contents, got both. Pass all of one kind.",
    );
  }
  return formOf(fields, paths);
}

function inlineFiles(files: readonly PromptFile[]): object {
  if (files.length === 0) return {};
  return {
    files: files.map(({ data, mediaType, filename }, index) => {
      // Four characters stand for three bytes.
      requireSize(`files[${index}]`, (data.length * 3) / 4);
      return { data, media_type: mediaType, filename: filename ?? `file-${index + 1}` };
    }),
  };
}

async function formOf(fields: object, paths: readonly string[]): Promise<FormData> {
  const { fs, openAsBlob, path } = await localFiles();
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    form.append(name, typeof value === "string" ? value : JSON.stringify(value));
  }
  for (const file of paths) {
    const { size } = await reading(file, fs.stat(file));
    requireSize(file, size);
    form.append("files", await reading(file, openAsBlob(file)), path.basename(file));
  }
  return form;
}

function requireSize(what: string, bytes: number): void {
  if (bytes <= MAX_FILE_BYTES) return;
  throw new BoxError(
    "invalid_argument",
    `${what} has more than ${MAX_FILE_BYTES} bytes. Upload it and name it in the prompt.`,
  );
}
