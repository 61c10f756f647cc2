import { describe, expect, it } from "vitest";
import { harnessFolder } from "../../dev/harness-folder.ts";
import { type ScenarioInput, startModel } from "../../dev/model/index.ts";
import { agentSettings } from "../../src/core/agent-settings.ts";
import { testApp } from "../support/test-app.ts";
import { mayRun, PROGRAMS, type Program, REAL_KEY } from "./support/agent-world.ts";

/** An App whose agent is the real program, with a scripted model behind it. */
async function realApp({ harness, model: name }: Program) {
  const model = await startModel();
  const app = await testApp({}, async () => ({
    agent: await agentSettings({ harness, model: name }),
    keepBoxHours: 1,
    engine: {
      harnesses: harnessFolder(),
      modelVariables: {
        ANTHROPIC_API_KEY: REAL_KEY,
        ANTHROPIC_BASE_URL: model.url,
        OPENAI_API_KEY: REAL_KEY,
        OPENAI_BASE_URL: model.url,
      },
    },
  }));
  return {
    ...app,
    model,
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      await model.close();
    },
  };
}

/** What each program is asked to note down, with its own tools. */
const LISTS: Record<Program["harness"], NonNullable<ScenarioInput["turns"]>> = {
  "claude-code": [
    { tools: [{ exact: "TaskCreate", input: { subject: "Read it", description: "All." } }] },
    { tools: [{ exact: "TaskUpdate", input: { taskId: "1", status: "in_progress" } }] },
  ],
  codex: [],
  opencode: [
    {
      tools: [
        {
          exact: "todowrite",
          input: { todos: [{ content: "Read it", status: "in_progress", priority: "high" }] },
        },
      ],
    },
  ],
};

const CONFIG = "network: deny-all\n";
const ANSWER = {
  summary: "It counts.",
  findings: [
    {
      ...{ path: "a.txt", line: 2, startLine: null, severity: "warning" },
      ...{ title: "Two is not enough", body: "Make it three.", suggestion: "three" },
    },
  ],
};

for (const program of PROGRAMS) {
  describe.skipIf(!(await mayRun(program)))(`a job of ${program.harness}`, () => {
    it("fixes, goes on in the same conversation, reviews, and is cut off at its budget", {
      timeout: 240_000,
    }, async () => {
      await using app = await realApp(program);
      const repository = await app.repository({
        files: { "README.md": "# Site\n", ".github/box.yml": CONFIG },
      });
      const number = await app.pullRequest(repository, { files: { "a.txt": "one\ntwo\n" } });

      app.model.play({
        turns: [
          ...LISTS[program.harness],
          { tools: [{ tool: "shell", command: "printf 'right\\n' > sum.txt" }] },
          { text: "Put the sum right." },
        ],
      });
      const fixed = await app.ask(repository, number, "/box fix the sum");
      expect(fixed.state.outcome).toEqual({ status: "succeeded" });
      expect(fixed.comment).toContain("> Put the sum right.");
      const list = fixed.state.todos.map(({ text, status }) => `${text}: ${status}`);
      // Codex has no such tool in this mode.
      expect(list).toEqual(program.harness === "codex" ? [] : ["Read it: running"]);
      expect(await repository.read("change", "sum.txt")).toBe("right\n");

      app.model.play({ turns: [{ text: "You are welcome." }] });
      const before = app.model.requests.length;
      const gone = await app.ask(repository, number, "/box continue and say why");
      expect(gone.state.boxId).toBe(fixed.state.boxId);
      // It is the same conversation: what was said is there, and not told anew.
      const said = JSON.stringify(app.model.requests.slice(before));
      expect(said).toContain("Put the sum right.");
      expect(said).not.toContain("<earlier");

      app.model.play({ turns: [{ answer: ANSWER }] });
      const reviewed = await app.ask(repository, number, "/box review");
      expect(reviewed.state.outcome).toEqual({ status: "succeeded" });
      expect(repository.reviewComments(number)).toMatchObject([{ path: "a.txt", line: 2 }]);

      app.model.play({
        turns: [
          {
            tools: [{ tool: "shell", command: "printf 'half\\n' > half.txt" }],
            usage: { input: 100_000, output: 1_000 },
          },
          { tools: [{ tool: "shell", command: "true" }], usage: { input: 900_000, output: 1 } },
        ],
      });
      const cut = await app.ask(repository, number, "/box fix more --budget 1");
      expect(cut.state.outcome).toMatchObject({ status: "failed" });
      expect(cut.comment).toContain("budget");
      expect(cut.comment).toContain("+half");
    });
  });
}
