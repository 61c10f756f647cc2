import { fileURLToPath } from "node:url";
import type { AppConfig } from "../../src/app/config.ts";
import { agentSettings } from "../../src/core/agent-settings.ts";
import { harnessFolder } from "../harness-folder.ts";
import { type ScenarioInput, startModel } from "../model/index.ts";

const SCRIPTED_AGENT = new URL("../agent/scripted-agent.mjs", import.meta.url);
/** Where the repository lies in its box. */
const FOLDER = "/workspace/home/postcards";

/** The real programs, with the model that each is for and where its key is looked for. */
const PROGRAMS: Readonly<Record<string, { model: string; key: string; baseUrl: string }>> = {
  "claude-code": {
    model: "anthropic/claude-sonnet-4-5",
    key: "ANTHROPIC_API_KEY",
    baseUrl: "ANTHROPIC_BASE_URL",
  },
  codex: { model: "openai/gpt-5.5", key: "OPENAI_API_KEY", baseUrl: "OPENAI_BASE_URL" },
  opencode: {
    model: "anthropic/claude-sonnet-4-5",
    key: "ANTHROPIC_API_KEY",
    baseUrl: "ANTHROPIC_BASE_URL",
  },
};

/** What the scripted model has the program do: what a model would do that reads the failing test. */
const MENDING: ScenarioInput = {
  turns: [
    {
      text: "I will run the tests first and see what fails.",
      tools: [{ tool: "shell", command: `cd ${FOLDER} && npm test` }],
    },
    {
      text: "The text is cut one character too late: the ellipsis is one more.",
      tools: [{ tool: "read", path: `${FOLDER}/src/shorten.js` }],
    },
    {
      tools: [
        {
          tool: "edit",
          path: `${FOLDER}/src/shorten.js`,
          old: "text.slice(0, limit)",
          new: "text.slice(0, limit - 1)",
        },
      ],
    },
    { tools: [{ tool: "shell", command: `cd ${FOLDER} && npm test` }] },
    {
      text: "Fix the cut in shorten\n\nThe ellipsis is a character of its own, so the text before it must be one shorter than the limit. The tests pass now.",
      usage: { input: 4_000, cachedInput: 3_000, output: 300 },
    },
  ],
};

/** The agent of the demo. */
export interface DemoAgent {
  /** For the person who watches. */
  description: string;
  config: Pick<AppConfig, "agent" | "engine">;
  close(): Promise<void>;
}

/**
 * @param harness a real program; undefined: a script that mends small bugs by trying
 * @throws Error for a name that there is not
 */
export async function demoAgent(harness: string | undefined): Promise<DemoAgent> {
  if (harness === undefined) {
    const program = fileURLToPath(SCRIPTED_AGENT);
    return {
      description:
        "The agent in this demo is a scripted one, without a model; everything else is real.",
      config: { agent: await agentSettings({ harness: "custom", model: "scripted", program }) },
      close: async () => undefined,
    };
  }
  const program = PROGRAMS[harness];
  if (program === undefined) {
    const known = Object.keys(PROGRAMS).join(", ");
    throw new Error(`--harness must be one of ${known}, got ${harness}.`);
  }
  const { model, key, baseUrl } = program;
  const agent = await agentSettings({ harness, model });
  const harnesses = harnessFolder();
  if (process.env[key]) {
    return {
      description: `The agent is the real ${harness} with the real ${model}, paid for with ${key}.`,
      config: { agent, engine: { harnesses, modelVariables: process.env } },
      close: async () => undefined,
    };
  }
  const scripted = await startModel([MENDING]);
  return {
    description: `The agent is the real ${harness}; its model is a scripted one, since ${key} is not set.`,
    config: {
      agent,
      engine: { harnesses, modelVariables: { [key]: "none", [baseUrl]: scripted.url } },
    },
    close: () => scripted.close(),
  };
}
