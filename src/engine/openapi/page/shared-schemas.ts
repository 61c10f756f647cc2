import type { OpenApiDocument } from "../document.ts";
import { referredNames } from "../referred-names.ts";

/** The shapes that others are made of, by name: what the page has links to. */
export function sharedSchemas({ components }: OpenApiDocument): string[] {
  return [...referredNames(components.schemas, "schemas")].sort();
}
