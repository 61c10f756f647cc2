import { html } from "hono/html";
import type { Schema } from "../document.ts";
import type { Html } from "./html.ts";
import { inlineProse } from "./prose.ts";
import { schemaLimits, schemaType } from "./schema-type.ts";

/** One name with what stands behind it: a field of a body, a parameter. */
export interface Field {
  name: string;
  schema: Schema;
  isRequired: boolean;
  description?: string | undefined;
}

/** A list of fields. */
export function fieldList(fields: readonly Field[]): Html {
  return html`<dl class="fields">${fields.map(fieldEntry)}</dl>`;
}

/** The fields of an object; of each variant, where it is one of several. */
export function schemaFields(schema: Schema): Html {
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants !== undefined) {
    return html`${variants.map((variant) => html`<p class="variant">${variantName(variant)}</p>${schemaFields(variant)}`)}`;
  }
  const fields = fieldsOf(schema);
  if (fields.length > 0) return fieldList(fields);
  return html`<p><span class="type">${schemaType(schema)}</span></p>`;
}

/** How many fields {@link schemaFields} lists. */
export function countFields(schema: Schema): number {
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants === undefined) return fieldsOf(schema).length;
  return variants.reduce((count, variant) => count + countFields(variant), 0);
}

function fieldsOf({ properties = {}, required = [] }: Schema): Field[] {
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    schema,
    isRequired: required.includes(name),
    description: schema.description,
  }));
}

function fieldEntry({ name, schema, isRequired, description }: Field): Html {
  const limits = schemaLimits(schema);
  return html`<div>
<dt><code>${name}</code> <span class="type">${schemaType(schema)}</span>${isRequired ? html` <strong>required</strong>` : ""}</dt>
${description === undefined ? "" : html`<dd>${inlineProse(description)}</dd>`}
${limits === "" ? "" : html`<dd class="limits">${limits}</dd>`}
</div>`;
}

/** A variant is told by the field that has one value only. */
function variantName({ properties = {} }: Schema): Html {
  const [name, field] = Object.entries(properties).find(([, one]) => one.const !== undefined) ?? [];
  return html`With <code>${name ?? ""}: ${JSON.stringify(field?.const)}</code>`;
}
