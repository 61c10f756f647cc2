/** The names of the components of one kind that a part of a document refers to. */
export function referredNames(part: unknown, kind: string): Set<string> {
  const names = new Set<string>();
  collect(part, `#/components/${kind}/`, names);
  return names;
}

function collect(value: unknown, prefix: string, names: Set<string>): void {
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key !== "$ref" || typeof inner !== "string") collect(inner, prefix, names);
    else if (inner.startsWith(prefix)) names.add(inner.slice(prefix.length));
  }
}
