import { html } from "hono/html";
import type { Html } from "./html.ts";

/** Paragraphs of plain text; what stands between backticks is code. */
export function prose(text: string): Html {
  return html`${text.split("\n\n").map((paragraph) => html`<p>${inlineProse(paragraph)}</p>`)}`;
}

/** One paragraph's content. */
export function inlineProse(text: string): Html {
  const parts = text.split("`");
  return html`${parts.map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}
