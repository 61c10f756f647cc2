import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";

const folder = new URL("../../src/box/", import.meta.url);

describe("the SDK's modules", () => {
  it("import only their own, zod and eventsource-parser, so that they run anywhere", async () => {
    for (const name of await readdir(folder)) {
      const source = await readFile(new URL(name, folder), "utf8");
      for (const [, from = ""] of source.matchAll(/(?:from|import\()\s*"([^"]+)"/g)) {
        // The module comment of index.ts shows how the SDK is imported.
        if (from === "box-action/box") continue;
        expect(`${name}: ${from}`).toMatch(/: (\.\/[a-z0-9-]+\.ts|zod|eventsource-parser)$/);
      }
    }
  });

  it("load without zod, which only schemas need", async () => {
    const index = new URL("index.ts", folder).href;
    const script = `
      await import(${JSON.stringify(index)});
      process.stdout.write(String(globalThis.__zod_globalRegistry === undefined));
    `;
    const child = spawn(
      process.execPath,
      ["--import", "tsx", "--input-type=module", "-e", script],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    let output = "";
    child.stdout.on("data", (data) => {
      output += data;
    });
    await once(child, "exit");
    // zod 4 leaves this name on the global object when it is loaded.
    expect(output).toBe("true");
  });
});
