/**
 * Redacts every text in a piece of plain data, such as a job event, before it is logged or shown.
 * Keys are redacted as well: an agent may name them.
 *
 * @example
 * emit(redactData(event, redact));
 */
export function redactData<T>(data: T, redact: (text: string) => string): T {
  return redacted(data, redact) as T;
}

function redacted(data: unknown, redact: (text: string) => string): unknown {
  if (typeof data === "string") return redact(data);
  if (Array.isArray(data)) return data.map((item) => redacted(item, redact));
  if (data === null || typeof data !== "object") return data;
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [redact(key), redacted(value, redact)]),
  );
}
