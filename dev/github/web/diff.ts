import { html } from "hono/html";
import type { DiffFile } from "../git/parse-diff.ts";
import type { Html } from "./layout.ts";

/** Changed files, each with its patch. */
export function diffView(files: DiffFile[]): Html {
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  const count = `${files.length} changed file${files.length === 1 ? "" : "s"}`;
  return html`<p class="totals">${count} <span class="plus">+${additions}</span> <span class="minus">−${deletions}</span></p>
${files.map(
  (file) => html`<section class="file"><header><code>${
    file.previousPath ? `${file.previousPath} → ${file.path}` : file.path
  }</code><span class="counts"><span class="plus">+${file.additions}</span> <span class="minus">−${file.deletions}</span></span></header>
${file.patch ? diffTable(file.patch) : html`<p class="nothing">Nothing to show: ${file.status}, empty or binary.</p>`}</section>`,
)}`;
}

/** One patch, or its last rows, as a table with the line numbers of both sides. */
export function diffTable(patch: string, last = Number.POSITIVE_INFINITY): Html {
  let left = 0;
  let right = 0;
  const rows = patch.split("\n").map((line) => {
    const start = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(line);
    if (start) {
      left = Number(start[1]);
      right = Number(start[2]);
      return html`<tr class="hunk"><td></td><td></td><td>${line}</td></tr>`;
    }
    if (line.startsWith("+")) return row("add", "", String(right++), line);
    if (line.startsWith("-")) return row("del", String(left++), "", line);
    if (line.startsWith("\\")) return row("hunk", "", "", line);
    return row("", String(left++), String(right++), line);
  });
  return html`<div class="scroll"><table class="diff"><tbody>${rows.slice(-Math.min(last, rows.length))}</tbody></table></div>`;
}

function row(kind: string, left: string, right: string, line: string): Html {
  return html`<tr class="${kind}"><td>${left}</td><td>${right}</td><td>${line || " "}</td></tr>`;
}
