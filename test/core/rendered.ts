import MarkdownIt from "markdown-it";

// Like GitHub in what matters: raw HTML passes the parser, addresses are linked, `www.` as well.
const markdown = new MarkdownIt({ html: true, linkify: true });
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: true });

/** What a Markdown text becomes: its elements by name, and the words outside of code. */
export interface Rendered {
  elements: string[];
  /** Targets of links and images. */
  targets: string[];
  /** Text as a reader's browser has it, code left out, entities decoded. */
  words: string;
}

/** Renders as a reader would see it. */
export function rendered(text: string): Rendered {
  const result: Rendered = { elements: [], targets: [], words: "" };
  for (const token of markdown.parse(text, {})) {
    for (const part of [token, ...(token.children ?? [])]) {
      if (part.type === "inline") continue;
      if (part.type === "html_block" || part.type === "html_inline") {
        result.elements.push(`html:${part.content.trim()}`);
      } else if (part.tag !== "" && part.nesting >= 0) {
        result.elements.push(part.tag);
      }
      const target = part.attrGet("href") ?? part.attrGet("src");
      if (target !== null) result.targets.push(String(target));
      if (part.type === "text" || part.type === "text_special") result.words += part.content;
      if (part.type === "softbreak" || token.nesting === -1) result.words += "\n";
    }
  }
  return result;
}

/** What GitHub would do with words: mention, reference, link. */
export const ACTING = /(?:^|\W)@[a-z0-9]|(?:^|[^\w&])#\d|\bGH-\d|https?:\/\/|\bwww\.\w/i;
