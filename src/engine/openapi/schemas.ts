import { toJSONSchema, ZodType, z } from "zod";
import * as wire from "../../box/wire.ts";
import type { Schema } from "./document.ts";

/** The contract's schemas as JSON schemas, and how the document refers to each. */
export interface Schemas {
  /** By the name of the export of `box/wire.ts`. */
  byName: Record<string, Schema>;
  /** @throws Error for a schema that is no export of `box/wire.ts` */
  refer(schema: ZodType): Schema;
  /** The properties of an object schema. @throws Error as `refer` */
  fields(schema: ZodType): { properties: Record<string, Schema>; required: readonly string[] };
}

/** Turns every schema of the contract into a component of the document. */
export function readSchemas(): Schemas {
  const names = new Map<ZodType, string>();
  const registry = z.registry<{ id: string }>();
  for (const [name, schema] of namedSchemas()) {
    // A schema with two names, such as NetworkPolicy, has the first.
    if (names.has(schema)) continue;
    names.set(schema, name);
    registry.add(schema, { id: name });
  }
  // As input: what is on the wire, before defaults are filled in.
  const { schemas } = toJSONSchema(registry, { io: "input", uri: reference });
  const byName = Object.fromEntries(
    Object.entries(schemas).map(([name, { $id, $schema, ...schema }]) => [name, schema as Schema]),
  );
  const nameOf = (schema: ZodType) => {
    const name = names.get(schema);
    if (name === undefined) throw new Error("The schema has no name; export it from box/wire.ts.");
    return name;
  };
  return {
    byName,
    refer: (schema) => ({ $ref: reference(nameOf(schema)) }),
    fields(schema) {
      const { properties = {}, required = [] } = byName[nameOf(schema)] ?? {};
      return { properties, required };
    },
  };
}

/** The exports of the contract that are schemas; those of a record are named `Record.key`. */
function* namedSchemas(): Iterable<[string, ZodType]> {
  for (const [name, value] of Object.entries(wire)) {
    if (value instanceof ZodType) yield [name, value];
    else if (value === wire.AgentEventData) {
      for (const [event, schema] of Object.entries(value)) yield [`${name}.${event}`, schema];
    }
  }
}

function reference(name: string): string {
  return `#/components/schemas/${name}`;
}
