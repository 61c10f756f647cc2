/** An environment variable, where there are any: edge runtimes have no `process`. Blank is unset. */
export function environment(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  try {
    return process?.env?.[name]?.trim() || undefined;
  } catch {
    // Deno without --allow-env throws.
    return undefined;
  }
}
