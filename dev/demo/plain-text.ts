import MarkdownIt from "markdown-it";
import sanitizeHtml from "sanitize-html";

const markdown = new MarkdownIt({ html: true, linkify: false });

/** A comment's Markdown as a terminal shows it: no marker, no tags, folded parts by their title. */
export function plainText(body: string): string {
  const html = markdown
    .render(body)
    .replace(/<\/summary>[\s\S]*?<\/details>/g, "</summary></details>");
  const text = sanitizeHtml(html.replace(/<(br|\/p|\/li|\/tr|\/summary|\/h\d)[^>]*>/g, "$&\n"), {
    allowedTags: [],
    allowedAttributes: {},
  });
  return decode(text)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join("\n");
}

function decode(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("\u200b", "")
    .replaceAll("&amp;", "&");
}
