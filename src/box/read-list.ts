/**
 * The list in an answer, itself or under a key, without gaps; services send `null` for an empty one.
 */
export function readList<Item>(value: unknown, key?: string): Item[] {
  const list = key === undefined ? value : { ...(value as object) }[key as never];
  return Array.isArray(list) ? list.filter((item) => item !== null) : [];
}
