import { BoxError } from "./box-error.ts";
import { Client } from "./client.ts";
import type { AccountCallOptions } from "./options.ts";

/** What `Box.delete` takes. */
export interface DeleteBoxesOptions extends AccountCallOptions {
  /** An id, or several. */
  boxIds: string | readonly string[];
}

/**
 * Deletes boxes for good.
 *
 * @param ids An id, or several; or all in one object, as `boxIds`.
 * @example
 * await Box.delete({ boxIds: ["right-flamingo-14486", "quiet-heron-00412"] });
 */
export async function deleteBoxes(
  ids: string | readonly string[] | DeleteBoxesOptions,
  options?: AccountCallOptions,
): Promise<void> {
  const named = typeof ids === "object" && "boxIds" in ids;
  const { boxIds, ...connection } = named ? ids : { ...options, boxIds: ids };
  const list = typeof boxIds === "string" ? [boxIds] : boxIds;
  if (list.length === 0) return;
  await new Client(connection).json("DELETE", "", {
    ...connection,
    body: { ids: list.map(requireId) },
  });
}

/** A service may read an empty id as all boxes. */
function requireId(id: string): string {
  if (typeof id === "string" && id !== "") return id;
  throw new BoxError(
    "invalid_argument",
    "Expected the id or name of a box, got an empty one. Box.list() shows them.",
  );
}
