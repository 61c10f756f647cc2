import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sanitise } from "../../../src/core/trigger/sanitise.ts";

/** Texts made of the pieces that markup is made of, so that they meet in every order. */
const hostile = fc
  .array(
    fc.constantFrom(
      ..."<!-- | --> | - | ! | < | > | <? | <!D | <![CDATA[ | ]]> | &# | &#x | 38 | 60 | 3b; | 59; | 65; | ; | # | & | [ | ] | ]( | ) | ( | ![ | ]: | : | // | \" | ' | = | <a | <img | alt | href | x | \\ | ` | \n | \t |  ".split(
        " | ",
      ),
      "\n",
      " ",
      "\r\n",
      "\u200b",
      "\u{e0041}",
      "\ud800",
    ),
    { maxLength: 40 },
  )
  .map((pieces) => pieces.join(""));

describe("what a page shows stays", () => {
  it.each([
    "Fix the failing test in `src/add.ts`.\n\n- it says 5\n- not 4\n",
    "a < b && c > d, List<String>, Map<K, V>, x <!y",
    "[docs](https://example.com/a_(b)) and [ref][1]\n\n[1]: https://example.com",
    '```ts\nconst a: Foo<T extends Bar> = b["c"]\n```',
    "Grüße, 日本語, ελληνικά, 👍",
    "- [ ] one\n- [x] two",
    "a &amp; b &lt;c&gt;",
  ])("%j", (text) => {
    // `<!y` is where a declaration begins, so it is the one thing here that cannot stay.
    expect(sanitise(text)).toBe(text.replace("<!y", " "));
  });
});

describe("what a page hides goes", () => {
  it.each([
    ["a<!-- x -->b", "a b"],
    ["a<!-- x", "a "],
    ["a<!-->b", "a b"],
    ["a<!-<!-- -->- x -->b", "a<!- - x -->b"],
    ["a<? x ?>b<!DOCTYPE x>c<![CDATA[x]]>d", "a b c d"],
    ["![x](u)", "![](u)"],
    ["![a [x] b](u)", "![](u)"],
    ["![x][ref]", "![][ref]"],
    ["[a](u 'x')", "[a](u)"],
    ['[a](<u v> "x")', "[a](<u v>)"],
    ["[a](u (x))", "[a](u)"],
    ['<img alt="x" src="u" title=x>', '<img src="u">'],
    ["<a href='javascript:x y' data-z=\"\n\n\">a</a>", "<a>a</a>"],
    ['<b title="x', "<b"],
    ["[//]: # (x)", ""],
    ['[1]: u\n  "x"', "[1]: u\n"],
    ["[x y z]: u", ""],
    ["&#120;&#x200b;y&#8203;", "xy"],
    ["&#60;b&#62; &#38;#65;", "&lt;b&gt; &amp;#65;"],
  ])("%j", (text, expected) => {
    expect(sanitise(text)).toBe(expected);
  });
});

it("is idempotent and never makes a text longer", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const once = sanitise(text);
      expect(sanitise(once)).toBe(once);
      expect(once.length).toBeLessThanOrEqual(text.length);
    }),
    { numRuns: 5_000 },
  );
});

describe("takes time in proportion to the text", () => {
  it.each([
    "<!--",
    "<!-- -->",
    "<?",
    "<a ",
    "<a b='",
    "<a b=''",
    "![",
    "![]",
    "[",
    "](",
    '](a "',
    "](a '(",
    "](   ",
    "&#",
    "&#59;",
    "&#&#54;",
    ";",
    "[a]: b\n",
    "[a]:",
    "\\",
    "`",
    "\u200b",
    "<!-",
    " ",
    "\n",
    "]: ",
  ])("%j", (piece) => {
    const time = (length: number) => {
      const text = piece.repeat(Math.ceil(length / piece.length));
      const start = performance.now();
      sanitise(text);
      return performance.now() - start;
    };
    time(10_000);
    // A quadratic pass takes minutes for a million characters; a linear one some 50 ms.
    expect(time(1_000_000)).toBeLessThan(2_000);
  });
});
