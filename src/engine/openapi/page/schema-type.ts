import { html } from "hono/html";
import type { Schema } from "../document.ts";
import type { Html } from "./html.ts";

/** What a value is, in a few words; another shape is a link to it. */
export function schemaType(schema: Schema): Html {
  const { $ref, type, items, additionalProperties, oneOf, anyOf } = schema;
  if ($ref !== undefined) return html`<a href="#${schemaAnchor($ref)}">${schemaName($ref)}</a>`;
  if (schema.const !== undefined) return html`${JSON.stringify(schema.const)}`;
  if (schema.enum !== undefined) return html`${schema.enum.map(quoted).join(" | ")}`;
  const variants = oneOf ?? anyOf;
  if (variants !== undefined) return join(variants.map(schemaType), " | ");
  if (type === "array") return html`array of ${schemaType(items ?? {})}`;
  if (type === "object" && isSchema(additionalProperties)) {
    return html`object of ${schemaType(additionalProperties)}`;
  }
  if (schema.format === "binary") return html`file`;
  return html`${type ?? "anything"}`;
}

/** The limits of a value, in words; "" when it has none. That it must not be empty goes without saying. */
export function schemaLimits({ minLength, maxLength, ...schema }: Schema): string {
  const { minItems, maxItems, minimum, maximum, exclusiveMinimum } = schema;
  const least = minimum ?? (exclusiveMinimum === undefined ? undefined : exclusiveMinimum + 1);
  // The largest safe integer is no limit that somebody set.
  const most = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  return [
    range(moreThanOne(minLength), maxLength, " characters"),
    range(moreThanOne(minItems), maxItems, " items"),
    range(least, most, ""),
  ]
    .filter((words) => words !== "")
    .join(", ");
}

/** The anchor of a shape on the page. */
export function schemaAnchor(nameOrReference: string): string {
  return `schema-${schemaName(nameOrReference)}`;
}

/** A shape's name, from the reference to it. */
export function schemaName(reference: string): string {
  return reference.slice(reference.lastIndexOf("/") + 1);
}

function moreThanOne(least: number | undefined): number | undefined {
  return least === 1 ? undefined : least;
}

function range(least: number | undefined, most: number | undefined, unit: string): string {
  if (least === undefined && most === undefined) return "";
  if (most === undefined) return `at least ${least}${unit}`;
  if (least === undefined) return `at most ${most}${unit}`;
  return `${least} to ${most}${unit}`;
}

function isSchema(value: Schema | boolean | undefined): value is Schema {
  return typeof value === "object" && Object.keys(value).length > 0;
}

function quoted(value: unknown): string {
  return JSON.stringify(value);
}

function join(parts: Html[], separator: string): Html {
  return html`${parts.map((part, index) => html`${index === 0 ? "" : separator}${part}`)}`;
}
