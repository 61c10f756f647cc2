import type { IncomingMessage } from "node:http";

/** Anthropic takes 32 MB, OpenAI 50 MB. */
const LIMIT_BYTES = 64 * 1024 * 1024;

/** The body of a call, as it came and as what it says; or what is wrong with it. */
export type CallBody =
  | { body: Buffer; fields: Record<string, unknown> }
  | { status: number; problem: string };

/** Reads the body of a call to a model. */
export async function readBody(request: IncomingMessage): Promise<CallBody> {
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") {
    return { status: 415, problem: `The gateway reads no ${encoding}; send the body as it is.` };
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= LIMIT_BYTES) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (size > LIMIT_BYTES) {
    return { status: 413, problem: `The body has more than ${LIMIT_BYTES} bytes.` };
  }
  const body = Buffer.concat(chunks);
  try {
    const fields: unknown = JSON.parse(body.toString());
    if (typeof fields === "object" && fields !== null && !Array.isArray(fields)) {
      return { body, fields: fields as Record<string, unknown> };
    }
  } catch {
    // Said below.
  }
  return { status: 400, problem: "The body is no JSON object." };
}
