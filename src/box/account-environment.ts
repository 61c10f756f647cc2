import { Client } from "./client.ts";
import type { AccountCallOptions } from "./options.ts";
import { pathSegment } from "./path-segment.ts";

const PATH = "/settings/env";

/**
 * Sets a variable for the commands of all boxes of the account; a box's own variable of that name wins.
 *
 * @example
 * await Box.setEnv("NPM_CONFIG_REGISTRY", "https://registry.example.com");
 */
export async function setEnv(
  key: string,
  value: string,
  options: AccountCallOptions = {},
): Promise<void> {
  const path = `${PATH}/${pathSegment(key, "a variable")}`;
  await new Client(options).json("PUT", path, { ...options, body: { value } });
}

/** The account's variables. Their values are masked: what was set is never told again. */
export async function listEnv(options: AccountCallOptions = {}): Promise<Record<string, string>> {
  const { value } = await new Client(options).json("GET", PATH, options);
  const answer = { ...(value as Record<string, unknown>) };
  // The service may send the variables bare, or null for none.
  const variables = "env_vars" in answer ? answer.env_vars : answer;
  return { ...(variables as Record<string, string> | null) };
}

/** Removes one of the account's variables. */
export async function deleteEnv(key: string, options: AccountCallOptions = {}): Promise<void> {
  const path = `${PATH}/${pathSegment(key, "a variable")}`;
  await new Client(options).json("DELETE", path, options);
}

/** Replaces the account's variables by these: what is not named is removed. */
export async function setAllEnv(
  variables: Record<string, string>,
  options: AccountCallOptions = {},
): Promise<void> {
  await new Client(options).json("PUT", PATH, { ...options, body: { env_vars: variables } });
}
