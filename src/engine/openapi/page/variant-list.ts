import { html } from "hono/html";
import type { OpenApiDocument, Schema } from "../document.ts";
import type { Html } from "./html.ts";
import { resolveSchema } from "./resolve-schema.ts";
import { signature } from "./signature.ts";

/** What a shape of several variants can be, a line each. */
export function variantList(document: OpenApiDocument, reference: Schema): Html {
  const { oneOf = [] } = resolveSchema(document, reference);
  return html`<ul class="signatures">${oneOf.map((one) => html`<li><code>${signature(one)}</code></li>`)}</ul>`;
}
