/**
 * How many milliseconds an error asks to wait: `retryAfter` (seconds) or the `retry-after` header of
 * the response it carries, as Octokit's errors do. `null` if it does not say.
 */
export function retryAfter(error: unknown): number | null {
  const source = error as {
    retryAfter?: unknown;
    response?: { headers?: Record<string, unknown> };
  } | null;
  const value = source?.retryAfter ?? source?.response?.headers?.["retry-after"];
  const seconds = typeof value === "string" && value !== "" ? Number(value) : value;
  if (typeof seconds !== "number" || !Number.isFinite(seconds) || seconds < 0) return null;
  return seconds * 1_000;
}
