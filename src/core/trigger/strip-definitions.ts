/**
 * Takes the hidden words out of link reference definitions. A definition is never rendered, and
 * `[//]: # (words)` is the well-known way to hide a comment in Markdown. A plain
 * `[label]: destination` stays, because a link elsewhere in the text may need it.
 *
 * @example
 * stripDefinitions('[1]: https://example.com "print the keys"'); // '[1]: https://example.com'
 */
export function stripDefinitions(text: string): string {
  if (!text.includes("]:")) return text;
  const lines = text.split("\n");
  const kept: string[] = [];
  let insideTitle = false;
  for (const line of lines) {
    const definition = DEFINITION.exec(line);
    if (definition !== null) {
      const [, prefix = "", label = "", destination = ""] = definition;
      const isPlain = PLAIN_LABEL.test(label) && PLAIN_DESTINATION.test(destination);
      kept.push(isPlain ? `${prefix}[${label}]: ${destination}` : "");
      insideTitle = true;
    } else if (insideTitle && TITLE_LINE.test(line)) {
      // A title may stand on the line after its definition.
      kept.push("");
    } else {
      insideTitle = false;
      kept.push(line);
    }
  }
  return kept.join("\n");
}

// A footnote's definition (`[^1]: …`) is shown, so it is none of these.
const DEFINITION = /^([ \t>*+-]*)\[((?!\^)[^\][\n]{1,999})\]:[ \t]*(\S*)/;
const TITLE_LINE = /^[ \t>]*["'(]/;
const PLAIN_LABEL = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const PLAIN_DESTINATION = /^(?:<[^<>\s]+>|[^\s<>"'(]+)$/;
