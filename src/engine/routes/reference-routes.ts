import { createHash } from "node:crypto";
import { Hono } from "hono";
import type { OpenApiDocument } from "../openapi/document.ts";
import { openApiDocument } from "../openapi/open-api-document.ts";
import { OPERATION_GROUPS } from "../openapi/operations.ts";
import { referencePage } from "../openapi/page/reference-page.ts";
import { SCRIPT } from "../openapi/page/script.ts";
import { STYLE } from "../openapi/page/style.ts";

/** The page needs nothing, and whoever gets words of their own into it gets no further. */
const PAGE_HEADERS = {
  "content-security-policy": [
    "default-src 'none'",
    `style-src '${digest(STYLE)}'`,
    `script-src '${digest(SCRIPT)}'`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

/** What the API is, for programs and for people. Made when it is first asked for. */
export function referenceRoutes(): Hono {
  const routes = new Hono();
  let document: OpenApiDocument | undefined;
  let page: string | undefined;
  const described = () => {
    document ??= openApiDocument(OPERATION_GROUPS);
    return document;
  };

  routes.get("/openapi.json", (context) => context.json(described()));

  routes.get("/reference", async (context) => {
    page ??= String(await referencePage(described()));
    return context.html(page, 200, PAGE_HEADERS);
  });

  routes.get("/", (context) => context.redirect("/reference"));

  return routes;
}

function digest(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
