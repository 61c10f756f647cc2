/** A small repository without dependencies: boxes have no network. */
export const SAMPLE_FILES: Record<string, string> = {
  "package.json": `${JSON.stringify(
    {
      name: "postcards",
      private: true,
      type: "module",
      scripts: { test: "node --test", format: "node scripts/format.mjs" },
    },
    null,
    2,
  )}\n`,
  "README.md": "# postcards\n\nSmall functions for short texts. `npm test` runs the tests.\n",
  "scripts/format.mjs": `// Brings every source file into one form: two blanks instead of a tab, no blanks at line ends,
// one line break at the end.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

for (const folder of ["src", "test"]) {
  for (const name of readdirSync(folder)) {
    const path = \`\${folder}/\${name}\`;
    const before = readFileSync(path, "utf8");
    const after = \`\${before.replaceAll("\\t", "  ").replace(/[ \\t]+$/gm, "").trimEnd()}\\n\`;
    if (after === before) continue;
    writeFileSync(path, after);
    console.log(\`formatted \${path}\`);
  }
}
`,
  "src/greet.js": `/** The first line of a postcard. */
export function greet(name) {
  return \`Dear \${name},\`;
}
`,
  "test/greet.test.js": `import assert from "node:assert/strict";
import { test } from "node:test";
import { greet } from "../src/greet.js";

test("greets by name", () => {
  assert.equal(greet("Ada"), "Dear Ada,");
});
`,
};

/** What the pull request adds: a function with a slip in it, untidily written. */
export const PULL_REQUEST_FILES: Record<string, string> = {
  "src/shorten.js": `/** Cuts a text to at most \`limit\` characters; the last one is then an ellipsis. */
export function shorten(text, limit) {
\tif (text.length <= limit) return text;  
\treturn \`\${text.slice(0, limit)}…\`;
}

`,
  "test/shorten.test.js": `import assert from "node:assert/strict";
import { test } from "node:test";
import { shorten } from "../src/shorten.js";

test("leaves a short text as it is", () => {
\tassert.equal(shorten("hello", 8), "hello");
});

test("cuts a long text to the limit", () => {
\tassert.equal(shorten("hello world", 8), "hello w…");   
});
`,
};
