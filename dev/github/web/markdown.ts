import MarkdownIt from "markdown-it";
import sanitizeHtml from "sanitize-html";

const markdown = new MarkdownIt({ html: true, linkify: true, breaks: true });
markdown.core.ruler.after("inline", "task-lists-and-alerts", (state) => {
  for (const [index, token] of state.tokens.entries()) {
    if (token.type === "th_open" || token.type === "td_open") alignCell(token);
    if (token.type !== "inline") continue;
    const { repository } = state.env as { repository?: string };
    if (repository) linkNumbers(token, repository);
    const before = state.tokens.slice(Math.max(0, index - 2), index);
    if (before[0]?.type === "list_item_open") taskItem(token, before[0]);
    if (before[0]?.type === "blockquote_open") alert(token, before[0]);
  }
});

/** GitHub-flavoured Markdown as safe HTML: what GitHub would strip is stripped here too. */
export function renderMarkdown(text: string, repository = ""): string {
  return sanitizeHtml(markdown.render(text, { repository }), {
    allowedTags: [...sanitizeHtml.defaults.allowedTags, ...MORE_TAGS],
    allowedAttributes: {
      "*": ["align", "title", "lang", "dir", "aria-label", "aria-hidden", "role"],
      a: ["href", "name"],
      img: ["src", "alt", "width", "height"],
      details: ["open"],
      input: ["type", "checked", "disabled"],
      td: ["colspan", "rowspan", "align"],
      th: ["colspan", "rowspan", "align"],
      ol: ["start"],
      code: ["class"],
      p: ["align"],
      span: ["class"],
      li: ["class"],
      blockquote: ["class"],
    },
    allowedClasses: {
      code: ["language-*"],
      span: ["markdown-alert-title"],
      li: ["task-list-item"],
      blockquote: ["markdown-alert", "markdown-alert-*"],
    },
    allowedSchemes: ["http", "https", "mailto"],
    allowedSchemesByTag: { img: ["http", "https", "data"] },
    transformTags: { a: sanitizeHtml.simpleTransform("a", { rel: "nofollow noopener" }) },
    // A checkbox is the only input that GitHub leaves, and nobody can tick it.
    exclusiveFilter: ({ tag, attribs }) => tag === "input" && attribs.type !== "checkbox",
  });
}

const MORE_TAGS = ["details", "summary", "img", "input", "del", "ins", "picture", "source", "tt"];

type Token = ReturnType<typeof markdown.parse>[number];

function taskItem(inline: Token, item: Token): void {
  const [first] = inline.children ?? [];
  const box = first && /^\[([ xX])\]\s/.exec(first.content);
  if (!first || !box) return;
  first.content = first.content.slice(box[0].length);
  const state = box[1] === " " ? "" : " checked";
  inline.children?.unshift(htmlToken(first, `<input type="checkbox" disabled${state}> `));
  item.attrJoin("class", "task-list-item");
}

function alert(inline: Token, quote: Token): void {
  const [first] = inline.children ?? [];
  const kind = first && /^\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]$/.exec(first.content)?.[1];
  if (!first || !kind) return;
  const name = kind.toLowerCase();
  quote.attrJoin("class", `markdown-alert markdown-alert-${name}`);
  const title = `${kind.charAt(0)}${name.slice(1)}`;
  const html = htmlToken(first, `<span class="markdown-alert-title">${title}</span>`);
  // The title has a line of its own; the line break after it would make an empty one.
  inline.children?.splice(0, 2, html);
}

/** `#12` leads to the issue or pull request, except in code and in what is a link already. */
function linkNumbers(inline: Token, repository: string): void {
  let inLink = 0;
  inline.children = (inline.children ?? []).flatMap((token) => {
    if (token.type === "link_open") inLink++;
    if (token.type === "link_close") inLink--;
    if (token.type !== "text" || inLink > 0) return [token];
    return token.content.split(/(?<![\w/&])(#\d+)\b/).map((part, index) => {
      if (index % 2 === 1) {
        return htmlToken(token, `<a href="/${repository}/issues/${part.slice(1)}">${part}</a>`);
      }
      return Object.assign(htmlToken(token, part), { type: "text" });
    });
  });
}

/** The page's policy allows no inline styles, so the column's side goes into the attribute. */
function alignCell(cell: Token): void {
  const side = /text-align:(\w+)/.exec(String(cell.attrGet("style") ?? ""))?.[1];
  if (side) cell.attrs = [["align", side]];
}

function htmlToken(like: Token, content: string): Token {
  const token = Object.create(Object.getPrototypeOf(like)) as Token;
  return Object.assign(token, like, { type: "html_inline", content });
}
