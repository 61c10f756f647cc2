import { gzipSync } from "node:zlib";
import { build } from "vite";
import { describe, expect, it } from "vitest";

/** A file that is not there: the bundler gets the program instead. */
const PROGRAM = new URL("program.ts", import.meta.url).pathname;
const INDEX = new URL("../../src/box/index.ts", import.meta.url).pathname;

/** What a web page may spend on it; zod comes in only for a program that has a schema. */
const MAX_GZIPPED_BYTES = 30_000;

/** Bundles a program that uses the SDK into one file. */
async function bundle(program: string) {
  const output = await build({
    configFile: false,
    logLevel: "silent",
    build: {
      write: false,
      target: "es2023",
      minify: true,
      lib: { entry: PROGRAM, formats: ["es"], fileName: "program" },
      rolldownOptions: { external: [/^zod/, /^node:/], output: { codeSplitting: false } },
    },
    plugins: [
      {
        name: "program",
        enforce: "pre",
        resolveId: (id) => (id === PROGRAM ? id : undefined),
        load: (id) => (id === PROGRAM ? program.replace("box-action/box", INDEX) : undefined),
      },
    ],
  });
  const [result] = [output].flat();
  if (!result || !("output" in result)) throw new Error("The bundler answered with a watcher.");
  expect(result.output).toHaveLength(1);
  const { code, imports } = result.output[0];
  return { code, imports, size: gzipSync(code).length };
}

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
