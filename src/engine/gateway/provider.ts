import type { WireFormat } from "./wire-format.ts";

/** Somebody who answers for models. */
export interface Provider {
  /** The first part of a model's name: `anthropic` in `anthropic/claude-sonnet-5`. */
  name: string;
  /** Without the `/v1` that every path begins with. */
  baseUrl: string;
  formats: readonly WireFormat[];
  /** Variables of the engine that may hold a key, and one that may hold another base URL. */
  variables: { key: readonly string[]; baseUrl?: string };
  /** Whether it wants a key. A server on one's own machine does not. */
  needsKey: boolean;
}

/**
 * The header that a provider knows the caller by.
 * @param format Anthropic's own and those that speak for it take `x-api-key`, all others a bearer token
 */
export function authorization(
  { name }: Provider,
  format: WireFormat,
  key: string,
): Record<string, string> {
  const isAnthropic = name === "anthropic" || (name === "opencode" && format === "messages");
  return isAnthropic ? { "x-api-key": key } : { authorization: `Bearer ${key}` };
}
