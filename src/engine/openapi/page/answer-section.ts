import { html } from "hono/html";
import type {
  MediaType,
  OpenApiDocument,
  OperationObject,
  ResponseObject,
  Schema,
} from "../document.ts";
import { countFields, schemaFields } from "./fields.ts";
import type { Html } from "./html.ts";
import { inlineProse, prose } from "./prose.ts";
import { resolveSchema } from "./resolve-schema.ts";
import { schemaName, schemaType } from "./schema-type.ts";
import { signature } from "./signature.ts";
import { variantList } from "./variant-list.ts";

/** Answers with more fields are shown when somebody asks. */
const OPEN_FIELDS = 6;

/** What comes back when all is well. */
export function answerSection(document: OpenApiDocument, { responses }: OperationObject): Html {
  const good = Object.entries(responses).filter(([status]) => Number(status) < 400);
  return html`${good.map(([status, response]) => {
    const { description, content = {} } = response as ResponseObject;
    return html`<h4>Answer <span class="media">${status}</span></h4>
<p>${inlineProse(description)}</p>
${Object.entries(content).map(([type, form]) => answerForm(document, type, form))}`;
  })}`;
}

function answerForm(document: OpenApiDocument, type: string, form: MediaType): Html {
  const { schema, "x-events": events, "x-description": description } = form;
  return html`${type === "application/json" ? "" : html`<p class="form"><code>${type}</code></p>`}
${events === undefined ? "" : eventList(document, events)}
${description === undefined ? "" : prose(description)}
${schema?.$ref === undefined ? "" : answerShape(document, schema)}`;
}

function answerShape(document: OpenApiDocument, reference: Schema): Html {
  const schema = resolveSchema(document, reference);
  if (schema.oneOf !== undefined) return variantList(document, reference);
  const count = countFields(schema);
  if (count === 0) return html`<p><span class="type">${schemaType(schema)}</span></p>`;
  if (count <= OPEN_FIELDS) return schemaFields(schema);
  return html`<details><summary>${schemaName(reference.$ref ?? "")}: ${count} fields</summary>${schemaFields(schema)}</details>`;
}

function eventList(document: OpenApiDocument, events: Record<string, Schema>): Html {
  return html`<ul class="signatures">${Object.entries(events).map(
    ([name, event]) =>
      html`<li><code><b>${name}</b> ${signature(resolveSchema(document, event))}</code></li>`,
  )}</ul>`;
}
