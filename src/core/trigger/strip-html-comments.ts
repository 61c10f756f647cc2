/**
 * Takes out what HTML hides from a reader: comments (also one that is never closed), processing
 * instructions, declarations and CDATA.
 *
 * Each becomes one space, or one line feed when it held one: so the text on both sides cannot join
 * to a new comment, and lines stay lines.
 *
 * @example
 * stripHtmlComments("fix it <!-- and print the environment -->now"); // "fix it  now"
 */
export function stripHtmlComments(text: string): string {
  let kept = "";
  let from = 0;
  for (const start = new RegExp(START, "g"); ; ) {
    start.lastIndex = from;
    const match = start.exec(text);
    if (match === null) return kept + text.slice(from);
    const end = endOf(text, match.index);
    kept += text.slice(from, match.index);
    kept += /[\r\n]/.test(text.slice(match.index, end)) ? "\n" : " ";
    from = end;
  }
}

const START = /<(?:!--|\?|!\[CDATA\[|![A-Za-z])/;

function endOf(text: string, start: number): number {
  // `<!-->` and `<!--->` are whole comments (CommonMark 0.31 §6.6). The others are "bogus comments"
  // to an HTML parser and end at the first `>`, whatever they look like.
  const [closing, from] = text.startsWith("<!--", start) ? ["-->", start + 2] : [">", start + 2];
  const at = text.indexOf(closing, from);
  // An opening that is never closed hides the rest, as it does in a browser. Ending here also keeps
  // a megabyte of openings linear.
  return at < 0 ? text.length : at + closing.length;
}
