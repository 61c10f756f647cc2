import { z } from "zod";
import type { McpServer } from "../../box/wire.ts";
import type { WireFormat } from "../gateway/wire-format.ts";
import { BOX_USER } from "../paths.ts";
import { agentOptions, Budget } from "./agent-options.ts";
import type { AgentStart, Harness, ModelAccess } from "./harness.ts";
import { linesParser } from "./lines-parser.ts";
import { OpenCodeOutput } from "./opencode-output.ts";

const Options = z.object({
  reasoningEffort: z.enum(["low", "medium", "high"]).optional(),
  textVerbosity: z.enum(["low", "medium", "high"]).optional(),
  reasoningSummary: z.enum(["auto", "concise", "detailed", "none"]).optional(),
  thinking: z
    .object({ type: z.literal("enabled"), budgetTokens: z.number().int().positive() })
    .optional(),
  maxBudgetUsd: Budget,
});

/** The packages that it has within itself, so that none is fetched. */
const PACKAGES: Readonly<Record<WireFormat, string>> = {
  messages: "@ai-sdk/anthropic",
  responses: "@ai-sdk/openai",
  chat: "@ai-sdk/openai-compatible",
};

/** What a model is taken to hold, in tokens: it wants to know before it asks. */
const LIMITS = { context: 200_000, output: 32_000 };

/**
 * OpenCode. Flags keep it from most of what a repository has for it, but nothing keeps it from running
 * the plugins in it: those are moved away for the run (facts: harnesses §4).
 */
export const openCode: Harness = {
  name: "opencode",
  package: {
    version: "1.18.33",
    spec: (version, host) => `${packageName(host)}@${version}`,
    program: (host) => `${packageName(host)}/bin/opencode`,
  },
  format(provider, model) {
    const isClaude = /^claude-/.test(model);
    if (provider === "anthropic" || (provider === "opencode" && isClaude)) return "messages";
    if (provider === "openai") return "responses";
    return provider === "opencode" && /^gpt-/.test(model) ? "responses" : "chat";
  },
  hidden: [".opencode", "opencode.json", "opencode.jsonc"],
  skills: `${BOX_USER.home}/.config/opencode/skills`,
  takesSchema: false,

  launch(start) {
    const { session, prompt, root = "", attachments } = start;
    return {
      argv: [
        `${root}/opencode`,
        ...["run", "--format", "json", "--thinking", "--pure", "--auto"],
        // Without one it asks the model for one.
        ...["--title", "box"],
        ...(session === undefined ? [] : ["--session", session]),
        ...attachments.flatMap((path) => ["--file", path]),
      ],
      env: {
        ...QUIET,
        OPENCODE_CONFIG_CONTENT: JSON.stringify(configuration(start)),
      },
      input: prompt,
    };
  },

  parser: (emit) => linesParser(emit, new OpenCodeOutput(emit)),
};

const QUIET = {
  OPENCODE_DISABLE_AUTOUPDATE: "1",
  OPENCODE_DISABLE_MODELS_FETCH: "1",
  OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
  OPENCODE_DISABLE_SHARE: "1",
  OPENCODE_DISABLE_PROJECT_CONFIG: "1",
  OPENCODE_DISABLE_CLAUDE_CODE: "1",
  OPENCODE_DISABLE_EXTERNAL_SKILLS: "1",
};

function packageName({
  architecture,
  hasAvx2,
}: {
  architecture: string;
  hasAvx2: boolean;
}): string {
  const edition = architecture === "x64" && !hasAvx2 ? "-baseline" : "";
  return `opencode-linux-${architecture}${edition}`;
}

function configuration({ access, mcpServers, request }: AgentStart): object {
  const { maxBudgetUsd: _, ...options } = agentOptions("opencode", Options, request.agent_options);
  const mcp = Object.fromEntries(mcpServers.map((server) => [server.name, mcpServer(server)]));
  return {
    $schema: "https://opencode.ai/config.json",
    autoupdate: false,
    share: "disabled",
    ...(access === undefined ? {} : modelConfiguration(access, options)),
    ...(mcpServers.length === 0 ? {} : { mcp }),
  };
}

function modelConfiguration({ url, token, format, model }: ModelAccess, options: object): object {
  const known = {
    name: model,
    tool_call: true,
    reasoning: true,
    attachment: true,
    modalities: { input: ["text", "image", "pdf"], output: ["text"] },
    limit: LIMITS,
    options,
  };
  return {
    model: `box/${model}`,
    small_model: `box/${model}`,
    enabled_providers: ["box"],
    provider: {
      box: {
        npm: PACKAGES[format],
        name: "box",
        options: { baseURL: `${url}/v1`, apiKey: token },
        models: { [model]: known },
      },
    },
  };
}

function mcpServer({ source, package_or_url, args = [], headers }: McpServer): object {
  if (source === "url") return { type: "remote", url: package_or_url, headers, enabled: true };
  return { type: "local", command: ["npx", "-y", package_or_url, ...args], enabled: true };
}
