import { z } from "zod";
import type { McpServer } from "../../box/wire.ts";
import { BOX_USER } from "../paths.ts";
import { agentOptions, Budget } from "./agent-options.ts";
import { CodexOutput } from "./codex-output.ts";
import type { Harness, ModelAccess } from "./harness.ts";
import { linesParser } from "./lines-parser.ts";

/** As clients send them: in snake case (box-api §3.5). */
const Options = z.object({
  model_reasoning_effort: z.enum(["none", "minimal", "low", "medium", "high", "xhigh"]).optional(),
  model_reasoning_summary: z.enum(["auto", "concise", "detailed", "none"]).optional(),
  personality: z.enum(["friendly", "pragmatic", "none"]).optional(),
  web_search: z.union([z.literal("live"), z.boolean()]).optional(),
  max_budget_usd: Budget,
});

/** What it is given as pictures; all else is named in the prompt. */
const PICTURE = /\.(png|jpe?g|gif|webp)$/i;
const KEY_VARIABLE = "BOX_MODEL_TOKEN";

/**
 * Codex. A project that nobody has trusted has no say, but its AGENTS.md is sent, which
 * `project_doc_max_bytes=0` stops, and its `.agents/skills` are, which nothing stops (facts: harnesses §4).
 */
export const codex: Harness = {
  name: "codex",
  package: {
    version: "0.169.0",
    spec: (version, { architecture }) => `@openai/codex@${version}-linux-${architecture}`,
    program: ({ architecture }) =>
      `@openai/codex/vendor/${architecture === "arm64" ? "aarch64" : "x86_64"}-unknown-linux-musl/bin/codex`,
  },
  format: () => "responses",
  hidden: [".agents", ".codex"],
  skills: `${BOX_USER.home}/.codex/skills`,
  takesSchema: true,

  launch(start) {
    const { access, session, prompt, root = "", request, runFolder, attachments } = start;
    const options = agentOptions("codex", Options, request.agent_options);
    const files: Record<string, string> = {};
    const schema = request.json_schema && `${runFolder}/schema.json`;
    if (schema !== undefined) files[schema] = JSON.stringify(request.json_schema);
    const settings: Record<string, unknown> = {
      "analytics.enabled": false,
      project_doc_max_bytes: 0,
      model_reasoning_effort: options.model_reasoning_effort,
      model_reasoning_summary: options.model_reasoning_summary,
      personality: options.personality,
      web_search: webSearch(options.web_search),
      ...providerSettings(access),
      ...Object.fromEntries(start.mcpServers.map((server) => mcpSetting(server))),
    };
    return {
      argv: [
        `${root}/codex`,
        "exec",
        ...(session === undefined ? [] : ["resume"]),
        ...["--json", "--dangerously-bypass-approvals-and-sandbox", "--skip-git-repo-check"],
        ...["--ignore-user-config", "--ignore-rules"],
        ...DISABLED.flatMap((feature) => ["--disable", feature]),
        ...(access === undefined ? [] : ["-m", access.model]),
        ...Object.entries(settings).flatMap(([name, value]) =>
          value === undefined ? [] : ["-c", `${name}=${toml(value)}`],
        ),
        ...(schema === undefined ? [] : ["--output-schema", schema]),
        ...attachments.filter((path) => PICTURE.test(path)).flatMap((path) => ["-i", path]),
        // After "--", so that nothing is taken for one more picture.
        ...["--", ...(session === undefined ? [] : [session]), "-"],
      ],
      env: keyVariable(access),
      input: prompt,
      files,
    };
  },

  parser: (emit) => linesParser(emit, new CodexOutput(emit)),
};

/** They ask for chatgpt.com and github.com, or (compression) for a gateway that unpacks. */
const DISABLED = ["plugins", "apps", "remote_plugin", "enable_request_compression"];

function keyVariable(access: ModelAccess | undefined): Record<string, string> {
  return access === undefined ? {} : { [KEY_VARIABLE]: access.token };
}

function webSearch(value: "live" | boolean | undefined): string | undefined {
  if (value === undefined) return undefined;
  return value === false ? "disabled" : "live";
}

function providerSettings(access: ModelAccess | undefined): Record<string, unknown> {
  if (access === undefined) return {};
  return {
    model_provider: "box",
    "model_providers.box": {
      name: "box",
      base_url: `${access.url}/v1`,
      wire_api: "responses",
      env_key: KEY_VARIABLE,
      request_max_retries: 2,
      stream_max_retries: 2,
    },
  };
}

function mcpSetting(server: McpServer): [name: string, value: object] {
  const { source, package_or_url, args = [], headers } = server;
  const name = `mcp_servers.${/^[A-Za-z0-9_-]+$/.test(server.name) ? server.name : JSON.stringify(server.name)}`;
  if (source === "npm") return [name, { command: "npx", args: ["-y", package_or_url, ...args] }];
  return [
    name,
    { url: package_or_url, ...(headers === undefined ? {} : { http_headers: headers }) },
  ];
}

/** JSON's strings, numbers and lists are TOML's too; tables are written otherwise. */
function toml(value: unknown): string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return JSON.stringify(value);
  }
  const fields = Object.entries(value).map(
    ([name, field]) => `${JSON.stringify(name)}=${toml(field)}`,
  );
  return `{${fields.join(",")}}`;
}
