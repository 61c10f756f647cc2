// biome-ignore lint/suspicious/noExplicitAny: a schema is whatever GitHub's description says.
export type AnySchema = Record<string, any>;

/** Said to people and not to a validator. */
const WORDS = new Set([
  "description",
  "example",
  "examples",
  "title",
  "summary",
  "deprecated",
  "default",
  "format",
  "externalDocs",
  "x-github-breaking-changes",
  "x-multi-segment",
]);

/** Under these the keys are names of fields, which may be `description` or `title` themselves. */
const MAPS = new Set(["properties", "patternProperties"]);

/** Turns an OpenAPI 3.0 schema into a JSON schema that ajv takes, without the words. */
export function toJsonSchema(schema: AnySchema): AnySchema {
  const result: AnySchema = {};
  for (const [key, value] of Object.entries(schema)) {
    if (WORDS.has(key) || key === "nullable") continue;
    // The branches of GitHub's oneOf overlap: a string label and a label object without a name.
    const name = key === "oneOf" ? "anyOf" : key;
    result[name] = MAPS.has(key)
      ? Object.fromEntries(
          Object.entries<AnySchema>(value).map(([field, one]) => [field, toJsonSchema(one)]),
        )
      : convert(value);
  }
  return schema.nullable ? nullable(result) : result;
}

function convert(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(convert);
  if (typeof value === "object" && value !== null) return toJsonSchema(value);
  return value;
}

function nullable(schema: AnySchema): AnySchema {
  if (schema.enum && !schema.enum.includes(null)) schema.enum.push(null);
  if (!schema.type) return { anyOf: [{ type: "null" }, schema] };
  return { ...schema, type: [schema.type, "null"].flat() };
}
