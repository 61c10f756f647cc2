/**
 * Every comment, review and remark that the App can write, as GitHub would show it: one page to look at.
 * They are the files that the tests of the views compare with.
 *
 * Run with `npx tsx dev/gallery.ts FILE.html [light|dark]`.
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { renderMarkdown } from "./github/web/markdown.ts";

const GOLDEN = fileURLToPath(new URL("../test/core/views/golden", import.meta.url));

const [target, theme = "light"] = process.argv.slice(2);
if (target === undefined || !["light", "dark"].includes(theme)) {
  process.stderr.write("Usage: npx tsx dev/gallery.ts FILE.html [light|dark]\n");
  process.exit(2);
}
const css = createRequire(import.meta.url).resolve(
  `github-markdown-css/github-markdown-${theme}.css`,
);
const files = (await readdir(GOLDEN)).filter((name) => name.endsWith(".md")).sort();
const cards = await Promise.all(
  files.map(async (name) => {
    const text = await readFile(join(GOLDEN, name), "utf8");
    const body = renderMarkdown(text, "acme/site");
    return `<h2>${basename(name, ".md")}</h2><article class="markdown-body">${body}</article>`;
  }),
);
const [page, line] = theme === "dark" ? ["#0d1117", "#3d444d"] : ["#ffffff", "#d1d9e0"];
await writeFile(
  target,
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>What the App writes</title>
<style>${await readFile(css, "utf8")}</style>
<style>
body { margin: 16px; background: ${page}; font: 14px sans-serif; color: #818b98 }
main { columns: 460px; column-gap: 16px }
h2 { font-size: 12px; font-weight: 400; margin: 16px 0 4px }
article { border: 1px solid ${line}; border-radius: 6px; padding: 12px 16px; break-inside: avoid }
.markdown-body { font-size: 14px }
</style><main>${cards.join("\n")}</main></html>`,
);
