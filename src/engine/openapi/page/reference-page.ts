import { html, raw } from "hono/html";
import type { OpenApiDocument, OperationObject } from "../document.ts";
import { schemaFields } from "./fields.ts";
import type { Html } from "./html.ts";
import { operationSection } from "./operation-section.ts";
import { prose } from "./prose.ts";
import { schemaAnchor } from "./schema-type.ts";
import { SCRIPT } from "./script.ts";
import { sharedSchemas } from "./shared-schemas.ts";
import { STYLE } from "./style.ts";

/** The reference as a page that needs nothing else: no file, no network, and no script to be read. */
export function referencePage(document: OpenApiDocument): Html {
  const { title, version, description } = document.info;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${raw(STYLE)}</style>
</head>
<body>
<a class="skip" href="#main">To the content</a>
<header>
<p class="title"><a href="#main">${title}</a> <span class="media">v${version}</span></p>
<p class="links"><a href="/openapi.json">openapi.json</a></p>
</header>
<nav aria-label="Operations">
<input id="filter" type="search" placeholder="Filter" aria-label="Filter operations" hidden>
${document.tags.map(({ name }) => navigationGroup(name, operationsOf(document, name)))}
<section><h2><a href="#shapes">Shapes</a></h2></section>
</nav>
<main id="main">
<h1>${title}</h1>
${prose(description)}
<pre><code>export UPSTASH_BOX_BASE_URL=<span id="origin">http://127.0.0.1:8787</span>
export UPSTASH_BOX_API_KEY=…</code></pre>
<p id="nothing" role="status" hidden>No operation has these words.</p>
${document.tags.map((tag) => group(document, tag))}
${shapes(document)}
</main>
<script>${raw(SCRIPT)}</script>
</body>
</html>`;
}

type Entry = [path: string, method: string, operation: OperationObject];

function operationsOf({ paths }: OpenApiDocument, tag: string): Entry[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { tags }]) => tags.includes(tag))
      .map(([method, operation]): Entry => [path, method, operation]),
  );
}

function navigationGroup(name: string, operations: Entry[]): Html {
  return html`<section>
<h2><a href="#${anchor(name)}">${name}</a></h2>
<ul>${operations.map(
    ([, , { operationId, summary }]) =>
      html`<li data-operation="${operationId}"><a href="#${operationId}">${summary}</a></li>`,
  )}</ul>
</section>`;
}

function group(
  document: OpenApiDocument,
  { name, description }: { name: string; description: string },
): Html {
  return html`<section class="group" aria-labelledby="${anchor(name)}">
<h2 id="${anchor(name)}">${name}</h2>
${prose(description)}
${operationsOf(document, name).map(([path, method, operation]) =>
  operationSection(document, path, method, operation),
)}
</section>`;
}

function shapes(document: OpenApiDocument): Html {
  return html`<section class="shapes" aria-labelledby="shapes">
<h2 id="shapes">Shapes</h2>
<p>What other bodies are made of. All of them are in <a href="/openapi.json">openapi.json</a>.</p>
${sharedSchemas(document).map(
  (name) => html`<article id="${schemaAnchor(name)}"><div class="words"><h3>${name}</h3>
${schemaFields(document.components.schemas[name] ?? {})}</div></article>`,
)}
</section>`;
}

function anchor(name: string): string {
  return name.toLowerCase().replaceAll(" ", "-");
}
