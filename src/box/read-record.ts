import { BoxError } from "./box-error.ts";

/**
 * An answer that is one thing, such as a schedule. Only that it is one is checked: services add fields
 * and values.
 *
 * @param key A field that it must have, as text.
 * @throws BoxError `protocol`
 */
export function readRecord<Thing extends object>(value: unknown, key: keyof Thing & string): Thing {
  const record = { ...(value as object) } as Thing;
  if (typeof record[key] === "string" && record[key] !== "") return record;
  throw new BoxError(
    "protocol",
    `The service answered without ${key}. Check UPSTASH_BOX_BASE_URL or baseUrl.`,
  );
}
