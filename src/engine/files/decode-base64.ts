import { EngineError } from "../engine-error.ts";

/**
 * The bytes of a base64 text, of either alphabet, with or without padding.
 * @param field what it is called in the request
 * @throws EngineError 400 for what is not base64: Node would drop it without a word
 */
export function decodeBase64(content: string, field: string): Buffer {
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(content)) {
    throw new EngineError(400, "invalid_request", `${field}: is not base64.`);
  }
  return Buffer.from(content, "base64");
}
