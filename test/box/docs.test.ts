import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/temporary-folder.ts";

const root = resolve(import.meta.dirname, "../..");

/** What a snippet has from the text around it. */
const GIVEN = `
import { Agent as GivenAgent, Box as GivenBox } from "box-action/box";
declare global {
  const Agent: typeof GivenAgent;
  const Box: typeof GivenBox;
  const box: GivenBox;
}`;

describe("docs/sdk.md", () => {
  it("has snippets that compile", async () => {
    const text = await readFile(join(root, "docs/sdk.md"), "utf8");
    const snippets = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, snippet]) => snippet);
    expect(snippets.length).toBeGreaterThan(15);
    await using folder = await temporaryFolder();
    await Promise.all(
      snippets.map((snippet, index) =>
        writeFile(join(folder.path, `${index}.ts`), `${snippet}\nexport {};\n`),
      ),
    );
    await writeFile(join(folder.path, "given.ts"), GIVEN);
    const paths = {
      "box-action/box": [join(root, "src/box/index.ts")],
      "*": [join(root, "node_modules/@types/*"), join(root, "node_modules/*")],
    };
    const compilerOptions = {
      module: "ESNext",
      moduleResolution: "Bundler",
      allowImportingTsExtensions: true,
      noUnusedLocals: false,
      typeRoots: [join(root, "node_modules/@types")],
      paths,
    };
    const config = { extends: join(root, "tsconfig.json"), compilerOptions, include: ["*.ts"] };
    await writeFile(join(folder.path, "tsconfig.json"), JSON.stringify(config));
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const compiled = promisify(execFile)(process.execPath, [tsc, "-p", folder.path]);
    const { stdout } = await compiled.catch((error: { stdout: string }) => error);
    expect(stdout).toBe("");
  });
});
