/**
 * Writes `github-openapi.gen.json`: of GitHub's own OpenAPI description (13 MB, in a package of
 * 385 MB, which is why it is no dependency) only the operations that are served here.
 *
 * Run with `npx tsx dev/github/openapi/generate.ts [api.github.com.json]`.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { routes } from "../rest/routes.ts";
import { type AnySchema, toJsonSchema } from "./to-json-schema.ts";

const VERSION = "23.0.2";
const DESCRIPTION = "package/generated/api.github.com.json";

// Here GitHub's description asks for an account that is a user and an enterprise at once, which
// no answer of GitHub's is; the description of a single installation has it right.
const CORRECTED = {
  operation: "GET /app/installations",
  schema: { type: "array", items: { $ref: "#/components/schemas/installation" } },
};

const description = JSON.parse(process.argv[2] ? readFileSync(process.argv[2], "utf8") : fetchIt());
const schemas: Record<string, AnySchema> = {};
const operations: Record<string, unknown> = {};
for (const { operation } of routes) operations[operation] = slim(operation);
const result = { version: VERSION, operations, components: { schemas } };
const target = new URL("./github-openapi.gen.json", import.meta.url);
writeFileSync(target, `${JSON.stringify(result)}\n`);

function fetchIt(): string {
  const folder = mkdtempSync(join(tmpdir(), "octokit-openapi-"));
  try {
    execFileSync("npm", ["pack", `@octokit/openapi@${VERSION}`, "--silent"], { cwd: folder });
    const [tarball = ""] = readdirSync(folder);
    execFileSync("tar", ["xzf", tarball, DESCRIPTION], { cwd: folder });
    return readFileSync(join(folder, DESCRIPTION), "utf8");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function slim(operation: string) {
  const [method = "", path = ""] = operation.split(" ");
  const described = description.paths[path]?.[method.toLowerCase()];
  if (!described) throw new Error(`GitHub's description has no ${operation}`);
  return {
    query: query(described.parameters ?? []),
    body: schemaOf(described.requestBody),
    responses: Object.fromEntries(
      Object.entries<AnySchema>(described.responses).map(([status, response]) => [
        status,
        status === "200" && operation === CORRECTED.operation
          ? absolute(CORRECTED.schema)
          : schemaOf(resolve(response)),
      ]),
    ),
  };
}

function query(parameters: AnySchema[]) {
  const described = parameters.map(resolve).filter((one) => one.in === "query");
  return {
    type: "object",
    properties: Object.fromEntries(described.map((one) => [one.name, absolute(one.schema)])),
    required: described.filter((one) => one.required).map((one) => one.name),
  };
}

/** The JSON schema of a request or response body; `null` if it has none. */
function schemaOf(described: AnySchema | undefined): AnySchema | null {
  const schema = described?.content?.["application/json"]?.schema;
  return schema ? absolute(schema) : null;
}

/** A schema of an operation: it refers to the components by the whole document's name. */
function absolute(schema: AnySchema): AnySchema {
  collect(schema);
  return JSON.parse(
    JSON.stringify(toJsonSchema(schema)).replaceAll('"#/components/', '"github#/components/'),
  );
}

/** Takes over the components that a schema refers to, and those that they refer to. */
function collect(schema: AnySchema): void {
  const references = JSON.stringify(schema).matchAll(/"#\/components\/schemas\/([^"]+)"/g);
  for (const [, name = ""] of references) {
    if (schemas[name]) continue;
    const component = description.components.schemas[name];
    schemas[name] = toJsonSchema(component);
    collect(component);
  }
}

function resolve(node: AnySchema): AnySchema {
  if (!node.$ref) return node;
  const steps: string[] = node.$ref.slice(2).split("/");
  return resolve(steps.reduce((at, step) => at[step], description));
}
