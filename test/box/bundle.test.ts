import { describe, expect, it } from "vitest";
import { bundle } from "./bundle.ts";

/** What a web page may spend on it; zod comes in only for a program that has a schema. */
const MAX_GZIPPED_BYTES = 30_000;

describe("the SDK in a bundle", () => {
  it("is small, and loads nothing but itself", async () => {
    const { code, imports, size } = await bundle('export * from "box-action/box";');
    expect(imports).toEqual([]);
    expect(code).not.toMatch(/\brequire\(|^import\b/m);
    expect(size).toBeLessThan(MAX_GZIPPED_BYTES);
  });

  it("leaves out what a program does not use", async () => {
    const { code, size } = await bundle('export { ClaudeCode, BoxError } from "box-action/box";');
    expect(code).not.toContain("fetch");
    expect(size).toBeLessThan(2000);
  });
});
