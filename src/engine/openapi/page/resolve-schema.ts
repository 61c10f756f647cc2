import type { OpenApiDocument, Schema } from "../document.ts";
import { schemaName } from "./schema-type.ts";

/** The shape that a reference names; what is no reference is itself. */
export function resolveSchema({ components }: OpenApiDocument, schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const found = components.schemas[schemaName(schema.$ref)];
  if (found === undefined) throw new Error(`The document has no ${schema.$ref}.`);
  return found;
}
