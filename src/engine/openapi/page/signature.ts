import { html } from "hono/html";
import type { Schema } from "../document.ts";
import type { Html } from "./html.ts";
import { schemaType } from "./schema-type.ts";

/** An object in one line, such as `{ type: "exit", code: number }`. */
export function signature({ properties = {}, required = [] }: Schema): Html {
  const fields = Object.entries(properties).map(
    ([name, field], index) =>
      html`${index === 0 ? "" : ", "}${name}${required.includes(name) ? "" : "?"}: ${schemaType(field)}`,
  );
  return html`{ ${fields} }`;
}
