import { BoxError } from "./box-error.ts";
import type { BoxData } from "./wire.ts";

/**
 * A box in an answer. Only what the SDK depends on is checked: services add fields and values, and
 * send `null` for what is empty.
 *
 * @throws BoxError `protocol`
 */
export function readBoxData(value: unknown, method: string): BoxData {
  const { id, status } = { ...(value as object) } as { id?: unknown; status?: unknown };
  if (typeof id === "string" && id !== "" && typeof status === "string") return value as BoxData;
  throw new BoxError(
    "protocol",
    `${method} answered without a box. Check UPSTASH_BOX_BASE_URL or baseUrl.`,
  );
}
