/**
 * Turns TypeScript into JavaScript, on the engine's side: the Node of a box may be too old to do it,
 * and boxes need no packages for it. Types become blanks, so that lines and columns stay; only code
 * with `enum`, `namespace` or parameter properties is written anew. Nothing is checked, and imports
 * of types need `import type`, as with Node's own.
 *
 * @returns the code, or in a line what its syntax has wrong
 */
export async function stripTypes(code: string): Promise<{ code: string } | { problem: string }> {
  // At the first use: it is 3.7 MB.
  const { transformSync } = await import("@swc/wasm-typescript");
  try {
    return { code: transformSync(code, { mode: "strip-only", filename: FILE }).code };
  } catch (error) {
    if ((error as SyntaxProblem).code !== "UnsupportedSyntax") return { problem: say(error) };
  }
  try {
    const transform = { verbatimModuleSyntax: true, noEmptyExport: true };
    return { code: transformSync(code, { mode: "transform", filename: FILE, transform }).code };
  } catch (error) {
    return { problem: say(error) };
  }
}

const FILE = "code.ts";

/** What the library throws: an object, not an Error. */
interface SyntaxProblem {
  code: string;
  message: string;
  snippet?: string;
  startLine?: number;
  startColumn?: number;
}

function say(thrown: unknown): string {
  const { message, snippet, startLine, startColumn } = thrown as SyntaxProblem;
  // Columns count from 0, and are told from 1.
  const place = startLine === undefined ? FILE : `${FILE}:${startLine}:${(startColumn ?? 0) + 1}`;
  return [`${place}: SyntaxError: ${message}`, snippet?.trimEnd()].filter(Boolean).join("\n");
}
