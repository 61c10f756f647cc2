import { z } from "zod";
import type { McpServer } from "../../box/wire.ts";
import { BOX_USER } from "../paths.ts";
import { agentOptions, Budget } from "./agent-options.ts";
import { ClaudeCodeOutput } from "./claude-code-output.ts";
import type { AgentStart, Harness, ModelAccess } from "./harness.ts";
import { linesParser } from "./lines-parser.ts";

const Options = z.object({
  maxTurns: z.number().int().positive().optional(),
  maxBudgetUsd: Budget,
  effort: z.enum(["low", "medium", "high", "xhigh", "max"]).optional(),
  thinking: z
    .union([
      z.object({ type: z.enum(["adaptive", "disabled"]) }),
      z.object({ type: z.literal("enabled"), budgetTokens: z.number().int().positive() }),
    ])
    .optional(),
  disallowedTools: z.array(z.string().min(1)).optional(),
  agents: z.record(z.string(), z.unknown()).optional(),
  promptSuggestions: z.boolean().optional(),
  fallbackModel: z.string().min(1).optional(),
  systemPrompt: z
    .union([
      z.string().min(1),
      z.object({
        type: z.literal("preset").optional(),
        preset: z.literal("claude_code").optional(),
        append: z.string().min(1),
      }),
    ])
    .optional(),
});

/**
 * Claude Code. `--setting-sources user` and `--strict-mcp-config` are what keeps it from obeying the
 * repository's own settings; `--bare` and `--safe-mode` do not (facts: harnesses §4).
 */
export const claudeCode: Harness = {
  name: "claude-code",
  package: {
    version: "2.1.330",
    spec: (version, { architecture }) =>
      `@anthropic-ai/claude-code-linux-${architecture}@${version}`,
    program: ({ architecture }) => `@anthropic-ai/claude-code-linux-${architecture}/claude`,
  },
  format: () => "messages",
  hidden: [],
  skills: `${BOX_USER.home}/.claude/skills`,
  takesSchema: true,

  launch(start) {
    const { access, session, prompt, root = "", request, runFolder } = start;
    const options = agentOptions("claude-code", Options, request.agent_options);
    const files: Record<string, string> = {};
    const file = (name: string, content: string) => {
      const path = `${runFolder}/${name}`;
      files[path] = content;
      return path;
    };
    const flag = (name: string, value: string | number | undefined) =>
      value === undefined ? [] : [name, String(value)];
    const { systemPrompt, agents } = options;
    return {
      argv: [
        `${root}/claude`,
        ...["-p", "--output-format", "stream-json", "--verbose", "--include-partial-messages"],
        ...["--setting-sources", "user", "--strict-mcp-config", "--dangerously-skip-permissions"],
        ...flag("--model", access?.model),
        ...flag("--resume", session),
        ...flag("--max-turns", options.maxTurns),
        ...flag("--effort", options.effort),
        ...flag("--disallowedTools", options.disallowedTools?.join(",")),
        ...flag("--agents", agents && file("agents.json", JSON.stringify(agents))),
        ...flag("--fallback-model", options.fallbackModel),
        ...(options.promptSuggestions === true ? ["--prompt-suggestions", "true"] : []),
        ...(typeof systemPrompt === "object"
          ? ["--append-system-prompt-file", file("system.md", systemPrompt.append)]
          : flag("--system-prompt-file", systemPrompt && file("system.md", systemPrompt))),
        ...flag("--json-schema", request.json_schema && JSON.stringify(request.json_schema)),
        ...flag("--mcp-config", mcpFile(start, file)),
      ],
      env: { ...QUIET, ...modelVariables(access), ...thinkingVariables(options.thinking) },
      input: prompt,
      files,
    };
  },

  parser: (emit) => linesParser(emit, new ClaudeCodeOutput(emit)),
};

/** It asks nobody but the model, and has no patience beyond the gateway's. */
const QUIET = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  CLAUDE_CODE_DISABLE_AUTO_MEMORY: "1",
  CLAUDE_CODE_MAX_RETRIES: "2",
  DISABLE_TELEMETRY: "1",
  DISABLE_ERROR_REPORTING: "1",
  DISABLE_AUTOUPDATER: "1",
  DISABLE_BUG_COMMAND: "1",
  // Else the tools of MCP servers are hidden behind a search.
  ENABLE_TOOL_SEARCH: "false",
  // A box is one; without it, it refuses root's permissions in a box on a base.
  IS_SANDBOX: "1",
};

function modelVariables(access: ModelAccess | undefined): Record<string, string> {
  if (access === undefined) return {};
  const { url, token, provider, model } = access;
  // Elsewhere nobody knows the small models that it has for small things.
  const names = provider === "anthropic" ? [] : ["OPUS", "SONNET", "HAIKU", "FABLE"];
  return {
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_API_KEY: token,
    ...Object.fromEntries(names.map((name) => [`ANTHROPIC_DEFAULT_${name}_MODEL`, model])),
  };
}

function thinkingVariables(
  thinking: { type: string; budgetTokens?: number } | undefined,
): Record<string, string> {
  if (thinking === undefined || thinking.type === "adaptive") return {};
  return { MAX_THINKING_TOKENS: String(thinking.budgetTokens ?? 0) };
}

function mcpFile(
  { mcpServers }: AgentStart,
  file: (name: string, content: string) => string,
): string | undefined {
  if (mcpServers.length === 0) return undefined;
  const servers = Object.fromEntries(mcpServers.map((server) => [server.name, mcpServer(server)]));
  return file("mcp.json", JSON.stringify({ mcpServers: servers }));
}

function mcpServer({ source, package_or_url, args = [], headers }: McpServer): object {
  if (source === "url") return { type: "http", url: package_or_url, headers };
  return { type: "stdio", command: "npx", args: ["-y", package_or_url, ...args] };
}
