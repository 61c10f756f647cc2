import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inlineWords } from "../../src/core/inline-words.ts";
import { codeSpan, cutMiddle, escapeText, fencedBlock } from "../../src/core/markdown.ts";
import { quoteAgent } from "../../src/core/quote-agent.ts";
import { ACTING, rendered } from "./rendered.ts";

/** The pieces that Markdown and GitHub react to, so that they meet in every order. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "@team",
        "#1",
        "GH-1",
        "fixes #12",
        "acme/site#3",
        "https://example.com/x",
        "www.example.com",
        "a@example.com",
        "<b>",
        "<!--",
        "-->",
        "<img src=x>",
        "[a](b)",
        "![a](b)",
        "[a]: b",
        "[^1]",
        "&lt;",
        "&#64;team",
      ),
      fc.constantFrom(
        "`",
        "``",
        "```",
        "~~~",
        "**",
        "*",
        "_",
        "__",
        "# ",
        "- ",
        "+ ",
        "1. ",
        "1) ",
        "> ",
        "| a | b |",
        "---",
        "===",
        "\\",
        "$",
        "    ",
        "\t",
        "!",
        "[",
        "]",
        "(",
        ")",
        "<",
        ">",
      ),
      fc.constantFrom(
        " ",
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        "\u200b",
        "\u2028",
        "\u001b[31m",
        "a",
        "é",
        "9",
      ),
    ),
    { maxLength: 25 },
  )
  .map((pieces) => pieces.join(""));

const INERT_INLINE = new Set(["p", "code", "strong"]);
const INERT_BLOCK = new Set([...INERT_INLINE, "blockquote", "ul", "ol", "li", "br"]);

function assertInert(text: string, allowed: Set<string>): void {
  const { elements, targets, words } = rendered(text);
  expect(elements.filter((element) => !allowed.has(element))).toEqual([]);
  expect(targets).toEqual([]);
  expect(words).not.toMatch(ACTING);
}

describe("outside text stays text, whatever it says", () => {
  it("as plain words", () => {
    fc.assert(
      fc.property(hostile, (text) => assertInert(escapeText(text), new Set(["p"]))),
      { numRuns: 3_000 },
    );
  });

  it("as a line with code and bold words", () => {
    fc.assert(
      fc.property(hostile, (text) => assertInert(inlineWords(text), INERT_INLINE)),
      { numRuns: 3_000 },
    );
  });

  it("as a code span", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const { elements, words } = rendered(`x ${codeSpan(text)} y`);
        expect(elements.filter((element) => element !== "p" && element !== "code")).toEqual([]);
        expect(words.trim()).toMatch(/^x {1,2}y$/);
      }),
      { numRuns: 3_000 },
    );
  });

  it("as a code block", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(rendered(`${fencedBlock(text)}\n\nafter`)).toEqual({
          elements: ["code", "p"],
          targets: [],
          words: expect.stringMatching(/^\s*after\s*$/),
        });
      }),
      { numRuns: 3_000 },
    );
  });

  it("as the agent's words", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const quote = quoteAgent(text);
        assertInert(quote, INERT_BLOCK);
        // Every line is in the quote: none can pass for ours.
        for (const line of quote.split("\n")) expect(line).toMatch(/^>/);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe("escaped words", () => {
  it("read as they were written", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        const shown = rendered(escapeText(text))
          .words.replace(/\u200b/g, "")
          .trim();
        expect(shown).toBe(text.replace(/\s+/g, " ").trim());
      }),
    );
  });

  it.each([
    ["see @team", "see @&#8203;team"],
    ["fixes #1", "fixes #&#8203;1"],
    ["https://example.com", "https:&#8203;//example.com"],
    ["1. one", "1\\. one"],
    ["- one", "\\- one"],
    ["costs $5 or $6", "costs &#36;5 or &#36;6"],
  ])("%j", (text, expected) => {
    expect(escapeText(text)).toBe(expected);
  });
});

it("the agent's lists, code and bold words keep their form", () => {
  const text =
    "## Result\nFixed **two** things:\n\n- `a` in x\n  - nested\n2) second\n\n```js\nf();\n```\nEnd.";
  expect(quoteAgent(text)).toMatchInlineSnapshot(`
    "> **Result**
    >
    > Fixed **two** things:
    >
    > - \`a\` in x
    >    - nested
    > 2. second
    >
    > \`\`\`
    > f();
    > \`\`\`
    > End."
  `);
});

it("a code block shows what a terminal would show at the end", () => {
  expect(fencedBlock("\u001b[32mok\u001b[0m\r\n10%\r50%\r100%\n")).toBe("```\nok\n100%\n```");
});

it("a cut text keeps its beginning and its end and says what is missing", () => {
  const text = `begin${"x".repeat(5_000)}end`;
  const cut = cutMiddle(text, 200);
  expect(cut.length).toBeLessThanOrEqual(200);
  expect(cut).toMatch(/^beginx+\n… 4,8\d\d characters left out …\nx+end$/);
  expect(cutMiddle("short", 200)).toBe("short");
});
