import { HttpError } from "./errors.ts";

/** The JSON object of a request's body, or an empty one. */
export async function readBody(request: Request): Promise<Record<string, unknown>> {
  if (request.method === "GET" || request.method === "HEAD") return {};
  const text = await request.text();
  if (text === "") return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new HttpError(400, { message: "Problems parsing JSON" });
  }
  // Adding labels takes a bare array too.
  if (Array.isArray(value)) return { labels: value };
  if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  throw new HttpError(400, { message: "Body should be a JSON object" });
}
