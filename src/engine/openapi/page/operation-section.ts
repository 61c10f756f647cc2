import { html } from "hono/html";
import type {
  MediaType,
  OpenApiDocument,
  OperationObject,
  Parameter,
  Reference,
} from "../document.ts";
import { answerSection } from "./answer-section.ts";
import { type Field, fieldList, schemaFields } from "./fields.ts";
import type { Html } from "./html.ts";
import { inlineProse, prose } from "./prose.ts";
import { resolveSchema } from "./resolve-schema.ts";
import { schemaName } from "./schema-type.ts";
import { variantList } from "./variant-list.ts";

/** One operation of the reference. */
export function operationSection(
  document: OpenApiDocument,
  path: string,
  method: string,
  operation: OperationObject,
): Html {
  const { operationId, summary, description } = operation;
  return html`<article id="${operationId}" aria-labelledby="${operationId}-name">
<div class="words">
<h3 id="${operationId}-name"><a href="#${operationId}">${summary}</a></h3>
<p class="route"><span class="method ${method}">${method.toUpperCase()}</span> <code>${breakable(path)}</code></p>
${description === undefined ? "" : prose(description)}
${parameters(document, operation)}
${body(document, operation)}
${frames(document, operation)}
${answerSection(document, operation)}
${refusals(operation)}
</div>
<div class="example">
<h4>Example</h4>
<pre><code>${operation["x-codeSamples"][0]?.source ?? ""}</code></pre>
</div>
</article>`;
}

function parameters(document: OpenApiDocument, operation: OperationObject): Html | "" {
  const fields = operation.parameters.map((parameter): Field => {
    const { name, schema, required, description } = resolveParameter(document, parameter);
    return { name, schema, isRequired: required, description };
  });
  return fields.length === 0 ? "" : html`<h4>Parameters</h4>${fieldList(fields)}`;
}

function body(document: OpenApiDocument, { requestBody }: OperationObject): Html | "" {
  if (requestBody === undefined) return "";
  const [[type, { schema = {} }] = ["", {} as MediaType], ...others] = Object.entries(
    requestBody.content,
  );
  return html`<h4>Body <span class="media">${type}</span></h4>
${schemaFields(resolveSchema(document, schema))}
${others.map(([other, form]) => html`<p>Or as <code>${other}</code>, ${formNote(form)}</p>`)}`;
}

function formNote({ encoding = {} }: MediaType): Html {
  const names = Object.keys(encoding);
  return html`each field a part of its name, each of <code>files</code> a file${
    names.length === 0
      ? "."
      : html`; ${names.map((name, index) => html`${index === 0 ? "" : ", "}<code>${name}</code>`)} as JSON.`
  }`;
}

function frames(document: OpenApiDocument, operation: OperationObject): Html | "" {
  const socket = operation["x-websocket"];
  if (socket === undefined) return "";
  return html`<h4>Frames of the client</h4>${variantList(document, socket.client)}
<h4>Frames of the server</h4>${variantList(document, socket.server)}
<p><code>data</code> is base64.</p>`;
}

function refusals({ responses }: OperationObject): Html | "" {
  const refused = Object.entries(responses).filter(([status]) => Number(status) >= 400);
  if (refused.length === 0) return "";
  return html`<details class="refusals"><summary>Refused with ${refused.map(([status]) => status).join(", ")}</summary>
<dl class="fields">${refused.map(
    ([status, { description = "" }]) =>
      html`<div><dt><code>${status}</code></dt><dd>${inlineProse(description)}</dd></div>`,
  )}</dl></details>`;
}

/** A long path may be broken before each slash. */
function breakable(path: string): Html {
  return html`${path.split(/(?=\/)/).map((part, index) => html`${index === 0 ? "" : html`<wbr>`}${part}`)}`;
}

function resolveParameter(
  { components }: OpenApiDocument,
  parameter: Parameter | Reference,
): Parameter {
  if (!("$ref" in parameter)) return parameter;
  const found = components.parameters[schemaName(parameter.$ref)];
  if (found === undefined) throw new Error(`The document has no ${parameter.$ref}.`);
  return found;
}
