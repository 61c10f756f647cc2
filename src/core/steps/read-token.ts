import type { JobPorts } from "../ports.ts";

/** A token for git that may only read this one repository; it is redacted from all that goes out. */
export async function readToken({ github, addSecret }: JobPorts): Promise<string | undefined> {
  const token = await github.readToken();
  if (token !== undefined) addSecret(token);
  return token;
}
