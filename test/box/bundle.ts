import { gzipSync } from "node:zlib";
import { build } from "vite";

/** A file that is not there: the bundler gets the program instead. */
const PROGRAM = new URL("program.ts", import.meta.url).pathname;
const INDEX = new URL("../../src/box/index.ts", import.meta.url).pathname;

/** Bundles a program that uses the SDK into one file, without zod. */
export async function bundle(program: string) {
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
  const { code, imports } = result.output[0];
  return { code, imports, size: gzipSync(code).length };
}
