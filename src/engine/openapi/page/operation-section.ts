import { html } from "hono/html";
import type {
  MediaType,
  OpenApiDocument,
  OperationObject,
  Parameter,
  Reference,
  ResponseObject,
  Schema,
} from "../document.ts";
import { countFields, type Field, fieldList, schemaFields } from "./fields.ts";
import type { Html } from "./html.ts";
import { inlineProse, prose } from "./prose.ts";
import { schemaName, schemaType } from "./schema-type.ts";

/** Answers with more fields are shown when somebody asks. */
const OPEN_FIELDS = 6;

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
${answers(document, operation)}
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
  return html`<h4>Frames of the client</h4>${signatures(document, socket.client)}
<h4>Frames of the server</h4>${signatures(document, socket.server)}
<p><code>data</code> is base64.</p>`;
}

function answers(document: OpenApiDocument, { responses }: OperationObject): Html {
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
${description === undefined ? "" : prose(description)}
${events === undefined ? "" : eventList(document, events)}
${schema?.$ref === undefined ? "" : answerShape(document, schema)}`;
}

function answerShape(document: OpenApiDocument, reference: Schema): Html {
  const schema = resolveSchema(document, reference);
  if (schema.oneOf !== undefined) return signatures(document, reference);
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

function signatures(document: OpenApiDocument, reference: Schema): Html {
  const { oneOf = [] } = resolveSchema(document, reference);
  return html`<ul class="signatures">${oneOf.map((one) => html`<li><code>${signature(one)}</code></li>`)}</ul>`;
}

/** `{ type: "exit", code: number }` */
function signature({ properties = {}, required = [] }: Schema): Html {
  const fields = Object.entries(properties).map(
    ([name, field], index) =>
      html`${index === 0 ? "" : ", "}${name}${required.includes(name) ? "" : "?"}: ${schemaType(field)}`,
  );
  return html`{ ${fields} }`;
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

function resolveSchema({ components }: OpenApiDocument, schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const found = components.schemas[schemaName(schema.$ref)];
  if (found === undefined) throw new Error(`The document has no ${schema.$ref}.`);
  return found;
}
