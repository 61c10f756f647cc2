import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { BOX, startPeer } from "./peer.ts";

const folder = new URL("../../src/box/", import.meta.url);

describe("the SDK's modules", () => {
  it("import at load time only their own and eventsource-parser, so that they run anywhere", async () => {
    for (const name of await readdir(folder, { recursive: true })) {
      if (!name.endsWith(".ts")) continue;
      const source = await readFile(new URL(name, folder), "utf8");
      for (const [, how, from = ""] of source.matchAll(/(from|import\()\s*"([^"]+)"/g)) {
        // The module comment of index.ts shows how the SDK is imported.
        if (from === "box-action/box") continue;
        const isLate = how === "import(";
        const isOwn = /^\.{1,2}\/(wire\/)?[a-z0-9-]+\.ts$/.test(from);
        const isSchema = name.startsWith("wire") || source.includes("import type { ZodType }");
        const allowed = isLate
          ? ["zod", "zod-to-json-schema", "ws", "node:fs", "node:path"]
          : ["eventsource-parser", ...(isSchema ? ["zod"] : [])];
        expect(isOwn || allowed.includes(from), `${name}: ${from}`).toBe(true);
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

  it("work without process and Buffer, as on the edge", async () => {
    const line = JSON.stringify({ type: "stdout", data: Buffer.from("a€").toString("base64") });
    await using peer = await startPeer(({ path, body }, response) => {
      if (path.endsWith("/exec-stream")) {
        response.writeHead(200, { "content-type": "application/x-ndjson" });
        response.end(`${line}\n{"type":"exit","exit_code":0}\n`);
        return undefined;
      }
      return body === undefined ? BOX : {};
    });
    const program = new URL("edge.fixture.ts", import.meta.url).pathname;
    const child = spawn(process.execPath, ["--import", "tsx", program, peer.url], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    child.stdout.on("data", (data) => {
      output += data;
    });
    await once(child, "exit");
    expect(output).toBe("missing_api_key completed a€");
    const written = peer.requests.find(({ path }) => path.endsWith("/write"))?.body;
    const expected = Buffer.from(Array.from({ length: 70_000 }, (_, i) => i % 256));
    expect(written).toMatchObject({ content: expected.toString("base64"), encoding: "base64" });
  });
});
