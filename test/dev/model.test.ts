import { createParser } from "eventsource-parser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ScenarioInput, type ScriptedModel, startModel } from "../../dev/model/index.ts";

let model: ScriptedModel;
beforeAll(async () => {
  model = await startModel();
});
afterAll(() => model.close());

const CLAUDE_TOOLS = ["Bash", "Edit", "Read", "Write"].map((name) => ({ name, input_schema: {} }));
const CODEX_TOOLS = [
  { type: "function", name: "exec_command", parameters: {} },
  { type: "namespace", name: "mcp__echo", tools: [{ type: "function", name: "say" }] },
];
const OPENCODE_TOOLS = ["bash", "edit", "read", "write", "echo_say"].map((name) => ({
  type: "function",
  function: { name, parameters: {} },
}));

async function ask(path: string, body: object) {
  const response = await fetch(model.url + path, {
    method: "POST",
    body: JSON.stringify({ model: "m", ...body }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

function events(text: string): Array<{ name: string | undefined; data: string }> {
  const all: Array<{ name: string | undefined; data: string }> = [];
  createParser({ onEvent: ({ event, data }) => all.push({ name: event, data }) }).feed(text);
  return all;
}

const say = (content: string) => ({ messages: [{ role: "user", content }] });
const play = (...turns: ScenarioInput["turns"]) => model.play({ turns });

describe("the scripted model", () => {
  it("streams Messages as Anthropic does", async () => {
    play({
      thinking: "Hm",
      text: "Hello there",
      tools: [{ tool: "shell", command: "ls" }],
      usage: { input: 9, cachedInput: 4, output: 3 },
    });
    const { text } = await ask("/v1/messages", { ...say("hi"), stream: true, tools: CLAUDE_TOOLS });
    const all = events(text);
    expect(all.map(({ name }) => name)).toEqual(all.map(({ data }) => JSON.parse(data).type));
    expect(all[0]?.name).toBe("message_start");
    expect(all.at(-1)?.name).toBe("message_stop");
    const parsed = all.map(({ data }) => JSON.parse(data));
    const joined = (type: string, field: string) =>
      parsed.flatMap(({ delta }) => (delta?.type === type ? [delta[field]] : [])).join("");
    expect(joined("text_delta", "text")).toBe("Hello there");
    expect(joined("thinking_delta", "thinking")).toBe("Hm");
    expect(JSON.parse(joined("input_json_delta", "partial_json"))).toMatchObject({ command: "ls" });
    expect(parsed[0].message.usage).toMatchObject({ input_tokens: 5, cache_read_input_tokens: 4 });
    expect(parsed.at(-2)).toMatchObject({
      delta: { stop_reason: "tool_use" },
      usage: { output_tokens: 3 },
    });
  });

  it("streams Responses as OpenAI does", async () => {
    play({ text: "Hello there", tools: [{ exact: "echo/say", input: { words: "hi" } }] });
    const { text } = await ask("/v1/responses", { input: "hi", stream: true, tools: CODEX_TOOLS });
    const parsed = events(text).map(({ data }) => JSON.parse(data));
    expect(parsed.map(({ sequence_number }) => sequence_number)).toEqual(
      parsed.map((_, index) => index),
    );
    expect(
      parsed
        .flatMap(({ type, delta }) => (type === "response.output_text.delta" ? [delta] : []))
        .join(""),
    ).toBe("Hello there");
    expect(parsed.at(-1)).toMatchObject({
      type: "response.completed",
      response: {
        output: [
          { type: "message", content: [{ text: "Hello there" }] },
          {
            type: "function_call",
            name: "say",
            namespace: "mcp__echo",
            arguments: '{"words":"hi"}',
          },
        ],
        usage: { input_tokens: 100, output_tokens: 20 },
      },
    });
  });

  it("streams Chat Completions as OpenAI does, with usage for those who ask", async () => {
    play({ text: "Hello there", tools: [{ exact: "echo/say", input: { words: "hi" } }] });
    const body = { ...say("hi"), stream: true, tools: OPENCODE_TOOLS };
    const { text } = await ask("/v1/chat/completions", body);
    const data = events(text).map((event) => event.data);
    expect(data.at(-1)).toBe("[DONE]");
    const parsed = data.slice(0, -1).map((each) => JSON.parse(each));
    expect(parsed.map(({ choices }) => choices[0]?.delta.content ?? "").join("")).toBe(
      "Hello there",
    );
    const calls = parsed.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? []);
    expect(calls[0].function.name).toBe("echo_say");
    expect(calls.map((each) => each.function.arguments).join("")).toBe('{"words":"hi"}');
    expect(text).not.toContain("usage");
    const again = await ask("/v1/chat/completions", {
      ...body,
      stream_options: { include_usage: true },
    });
    expect(again.text).toContain('"prompt_tokens":100');
  });

  it.each([
    ["/v1/messages", CLAUDE_TOOLS, "Write", { file_path: "/a", content: "it's" }],
    ["/v1/responses", CODEX_TOOLS, "exec_command", { cmd: "printf '%s' 'it'\\''s' > '/a'" }],
    ["/v1/chat/completions", OPENCODE_TOOLS, "write", { filePath: "/a", content: "it's" }],
  ])(
    "writes a file with the tool that the program at %s has for it",
    async (path, tools, name, input) => {
      play({ tools: [{ tool: "write", path: "/a", content: "it's" }] });
      const { text } = await ask(path, { ...say("hi"), input: "hi", tools });
      const written = JSON.stringify(input);
      expect(text).toContain(`"${name}"`);
      expect(text.includes(written) || text.includes(JSON.stringify(written))).toBe(true);
    },
  );

  it("says which tools there are when it is to use one that there is not", async () => {
    play({ tools: [{ exact: "fly", input: {} }] });
    const { status, text } = await ask("/v1/messages", { ...say("hi"), tools: CLAUDE_TOOLS });
    expect(status).toBe(400);
    expect(text).toContain("No tool fly among .Bash, .Edit, .Read, .Write.");
  });

  it("plays its turns in order, and the last again and again", async () => {
    play({ text: "one" }, { status: 429, retryAfterSeconds: 3 }, { text: "two" });
    const answers: string[] = [];
    for (let i = 0; i < 4; i++) {
      const { status, text, headers } = await ask("/v1/messages", say("hi"));
      answers.push(
        status === 200
          ? JSON.parse(text).content[0].text
          : `${status} ${headers.get("retry-after")}`,
      );
    }
    expect(answers).toEqual(["one", "429 3", "two", "two"]);
  });

  it("plays the scenario whose words came last, and is not disturbed by the wish for a title", async () => {
    model.play({ match: "apples", turns: [{ text: "red" }] });
    model.play({ match: "pears", turns: [{ text: "green" }] });
    const text = async (...said: string[]) => {
      const messages = said.map((content) => ({ role: "user", content }));
      return JSON.parse((await ask("/v1/messages", { messages })).text).content[0].text;
    };
    expect(await text("apples", "pears")).toBe("green");
    expect(await text("pears", "apples")).toBe("red");
    const aside = await ask("/v1/messages", {
      ...say("apples"),
      system: "You are a title generator.",
    });
    expect(aside.text).toContain("A title");
  });

  it("answers in the shape that was asked for, by the program's own tool where it has one", async () => {
    play({ answer: { a: 1 } });
    expect(
      (await ask("/v1/messages", { ...say("hi"), tools: [{ name: "StructuredOutput" }] })).text,
    ).toContain('"name":"StructuredOutput"');
    expect(JSON.parse((await ask("/v1/messages", say("hi"))).text).content[0].text).toBe('{"a":1}');
  });

  it("refuses a scenario that is none, and says where", () => {
    expect(() => play({ tools: [{ tool: "fly" }] } as never)).toThrow(/tools/);
    expect(() => model.play({ turns: [] })).toThrow(/turns/);
  });
});
