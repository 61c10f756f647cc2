import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..");

/** Who may import whom (docs/architecture.md). A room may always import itself. */
const ROOMS: Record<string, { own: string[]; packages: RegExp }> = {
  // Which of them only when they are needed: test/box/runtime.test.ts.
  box: { own: [], packages: /^(zod|zod-to-json-schema|eventsource-parser|ws|node:(fs|path))$/ },
  host: { own: [], packages: /^(node:.*|@hono\/node-server)$/ },
  engine: {
    own: ["box/wire.ts", "host/"],
    packages:
      /^(node:.*|zod|hono(\/.*)?|croner|eventsource-parser|ws|ajv(\/.*)?|re2js|@swc\/wasm-typescript|@fastify\/busboy)$/,
  },
  core: {
    own: ["box/index.ts", "host/"],
    packages: /^(node:.*|zod|@octokit\/rest|yaml|picomatch)$/,
  },
  app: {
    own: ["core/", "host/", "engine/serve-engine.ts"],
    packages: /^(node:.*|zod|hono(\/.*)?|probot|@octokit\/auth-app|smee-client|pg|prom-client)$/,
  },
  action: { own: ["core/", "engine/serve-engine.ts"], packages: /^(node:.*|zod|@actions\/.*)$/ },
  cli: {
    own: [
      "app/",
      "core/",
      "engine/serve-engine.ts",
      "engine/base/",
      "engine/gateway/",
      "engine/harness/",
    ],
    packages: /^node:.*$/,
  },
};

describe("the rooms of src", () => {
  for (const [room, allowed] of Object.entries(ROOMS)) {
    it(`${room} imports only what it may`, () => {
      const wrong: string[] = [];
      for (const file of sources(`src/${room}`)) {
        for (const specifier of imports(join(root, file))) {
          if (!isAllowed(file, specifier, room, allowed))
            wrong.push(`${file} imports ${specifier}`);
        }
      }
      expect(wrong).toEqual([]);
    });
  }

  it("are the ones that the table names", () => {
    const folders = readdirSync(join(root, "src"), { withFileTypes: true });
    const found = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    expect(found.sort()).toEqual(Object.keys(ROOMS).sort());
  });
});

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(folder, name));
}

function imports(path: string): string[] {
  const text = readFileSync(path, "utf8");
  const pattern = /^\s*(?:import|export)\s(?:[^"';]*?\sfrom\s)?"([^"]+)"|\bimport\("([^"]+)"\)/gm;
  return [...text.matchAll(pattern)].map(([, named, dynamic]) => named ?? dynamic ?? "");
}

function isAllowed(
  file: string,
  specifier: string,
  room: string,
  allowed: { own: string[]; packages: RegExp },
): boolean {
  if (!specifier.startsWith(".")) return allowed.packages.test(specifier);
  const target = relative(join(root, "src"), resolve(root, dirname(file), specifier));
  return (
    target.startsWith(`${room}/`) ||
    allowed.own.some((own) => (own.endsWith("/") ? target.startsWith(own) : target === own))
  );
}
